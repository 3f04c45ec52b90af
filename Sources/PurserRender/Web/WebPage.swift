/// What a web page has besides its content: nothing in a file, links and a script on a server.
package struct WebOptions: Sendable, Equatable {
    /// Links to other views of the page.
    package struct Links: Sendable, Equatable {
        package struct Link: Sendable, Equatable {
            package var text: String
            package var address: String
            /// Whether it leads to what the page shows.
            package var isCurrent: Bool

            package init(_ text: String, _ address: String, isCurrent: Bool = false) {
                self.text = text
                self.address = address
                self.isCurrent = isCurrent
            }
        }

        /// What the links are, for a reader who does not see them.
        package var name: String
        package var links: [Link]

        package init(name: String, links: [Link]) {
            self.name = name
            self.links = links
        }
    }

    /// Whether the page ends after the signals.
    package var isCompact = false
    package var links: [Links] = []
    /// Whether the page has the script that shows new data as it arrives, from a server that sends events.
    package var isLive = false

    package init(isCompact: Bool = false, links: [Links] = [], isLive: Bool = false) {
        self.isCompact = isCompact
        self.links = links
        self.isLive = isLive
    }

    /// The Content-Security-Policy of a page with these options: its own style and, if it is live, its own script.
    package var policy: String {
        let script = isLive ? "script-src 'sha256-\(WebScript.hash)'; connect-src 'self'; " : ""
        return "default-src 'none'; style-src 'sha256-\(WebStyle.hash)'; \(script)img-src 'none'; base-uri 'none'; "
            + "form-action 'none'"
    }
}

/// One page in one file, with nothing that a browser would have to load, and without a script unless it is live.
struct WebPage {
    /// What the browser shows in its tab.
    var title: String
    var header: HTML
    var main: HTML
    var footer: HTML
    /// Whether the widgets are on a grid where the screen is wide enough.
    var isOnGrid = false
    var options: WebOptions

    var html: HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="\(options.policy)">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <title>\(title)</title>
        <style>\(WebStyle.sheet)</style>
        </head>
        <body\(grid)>
        <header>
        \(header)</header>
        \(served)<main>
        \(main)</main>
        \(footer)\(script)</body>
        </html>

        """
    }

    private var grid: HTML {
        isOnGrid ? " class=\"on-grid\"" : ""
    }

    /// What only a served page has, above its content: links, and whether it shows new data as it arrives.
    private var served: HTML {
        let groups = options.links.filter { !$0.links.isEmpty }.map { group -> HTML in
            let links = group.links.map { link -> HTML in
                let text: HTML = link.isCurrent ? "<strong>\(link.text)</strong>" : "\(link.text)"
                let current: HTML = link.isCurrent ? " aria-current=\"page\"" : ""
                return "<li><a href=\"\(link.address)\"\(current)>\(text)</a></li>\n"
            }
            return "<nav aria-label=\"\(group.name)\">\n<ul class=\"ranges\">\n\(links)</ul>\n</nav>\n"
        }
        let state: HTML =
            !options.isLive
            ? ""
            : """
            <p class="faint" id="live" role="status" aria-live="polite"></p>
            <noscript><p><a href="">Reload</a></p></noscript>

            """
        return "\(groups)\(state)"
    }

    private var script: HTML {
        options.isLive ? "<script>\(WebScript.source)</script>\n" : ""
    }
}
