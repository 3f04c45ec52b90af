import PurserCore

/// A piece of a web page, into which text from outside gets only escaped:
///
/// ```swift
/// let cell: HTML = "<td title=\"\(summary)\">\(name)</td>"
/// ```
///
/// The literal parts are markup. An interpolated text is escaped, for a place in the text and in a quoted attribute
/// alike; an interpolated `HTML` is put in as it is.
struct HTML: Sendable, Equatable, ExpressibleByStringInterpolation {
    private(set) var markup: String

    init(stringLiteral markup: String) {
        self.markup = markup
    }

    init(stringInterpolation pieces: StringInterpolation) {
        markup = pieces.markup
    }

    /// Returns text with its marks of markup as references, and without control characters and bidirectional overrides.
    static func escaped(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !scalar.isUnsafeOnTerminals {
            switch scalar {
            case "&": out.append(contentsOf: "&amp;".unicodeScalars)
            case "<": out.append(contentsOf: "&lt;".unicodeScalars)
            case ">": out.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": out.append(contentsOf: "&quot;".unicodeScalars)
            case "'": out.append(contentsOf: "&#39;".unicodeScalars)
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) {
            markup += literal
        }

        mutating func appendInterpolation(_ text: String) {
            markup += HTML.escaped(text)
        }

        mutating func appendInterpolation(_ number: Int) {
            markup += String(number)
        }

        /// Appends a length in a drawing, with one decimal.
        mutating func appendInterpolation(_ length: Double) {
            markup += NumberText.fixed(length, decimals: 1)
        }

        mutating func appendInterpolation(_ html: HTML) {
            markup += html.markup
        }

        mutating func appendInterpolation(_ pieces: [HTML]) {
            for piece in pieces { markup += piece.markup }
        }

        /// Appends a line of the screen, with its inks as classes.
        mutating func appendInterpolation(_ line: Line) {
            for run in line.runs {
                let text = HTML.escaped(run.text)
                switch run.ink {
                case .heading: markup += "<strong>\(text)</strong>"
                case .alarm: markup += "<strong class=\"alarm\">\(text)</strong>"
                case .warning: markup += "<span class=\"warning\">\(text)</span>"
                case .fine: markup += "<span class=\"fine\">\(text)</span>"
                case .series, nil: markup += text
                }
            }
        }
    }
}

extension HTML {
    /// Returns a text about a time, which programs can read from the element's attribute.
    static func time(_ time: Timestamp, _ text: String) -> HTML {
        "<time datetime=\"\(time.floored(toSeconds: 1).iso8601())\">\(text)</time>"
    }

    /// Returns a part of the page below a heading.
    static func section(_ id: String, _ heading: HTML, level: Int = 2, _ content: HTML) -> HTML {
        """
        <section aria-labelledby="\(id)">
        <h\(level) id="\(id)">\(heading)</h\(level)>
        \(content)</section>

        """
    }

    /// Returns what may be wider than a narrow screen, in a region of its own that scrolls, also by the keyboard.
    static func scrolling(_ name: String, _ content: HTML) -> HTML {
        """
        <div class="scroll" role="region" tabindex="0" aria-label="\(name)">
        \(content)</div>

        """
    }

    static func paragraph(_ line: Line) -> HTML {
        line.width == 0 ? "" : "<p>\(line)</p>\n"
    }
}
