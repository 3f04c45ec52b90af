/// What a web page has besides its content: nothing in a file, links and a refresh on a server.
package struct WebOptions: Sendable, Equatable {
    /// Whether the page ends after the signals.
    package var isCompact = false
    /// The lengths of time to which the page links: `1h` to `?since=1h`.
    package var ranges: [String] = []
    /// After how many seconds the browser loads the page again.
    package var refreshSeconds: Int?

    package init(isCompact: Bool = false, ranges: [String] = [], refreshSeconds: Int? = nil) {
        self.isCompact = isCompact
        self.ranges = ranges
        self.refreshSeconds = refreshSeconds
    }
}

/// One page in one file: no script, and nothing that a browser would have to load.
struct WebPage {
    /// What the browser shows in its tab.
    var title: String
    var header: HTML
    var main: HTML
    var footer: HTML
    /// Whether the widgets are on a grid where the screen is wide enough.
    var isOnGrid = false
    var options: WebOptions

    /// Nothing but the page's own style is allowed.
    private static let policy =
        "default-src 'none'; style-src 'sha256-\(WebStyle.hash)'; img-src 'none'; base-uri 'none'; form-action 'none'"

    var html: HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
        \(refresh)<meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <title>\(title)</title>
        <style>\(WebStyle.sheet)</style>
        </head>
        <body\(grid)>
        <header>
        \(header)\(ranges)</header>
        <main>
        \(main)</main>
        \(footer)</body>
        </html>

        """
    }

    private var grid: HTML {
        isOnGrid ? " class=\"on-grid\"" : ""
    }

    private var refresh: HTML {
        options.refreshSeconds.map { "<meta http-equiv=\"refresh\" content=\"\($0)\">\n" } ?? ""
    }

    private var ranges: HTML {
        guard !options.ranges.isEmpty else { return "" }
        let links = options.ranges.map { range -> HTML in "<li><a href=\"?since=\(range)\">\(range)</a></li>\n" }
        return "<nav aria-label=\"Time range\">\n<ul class=\"ranges\">\n\(links)</ul>\n</nav>\n"
    }
}
