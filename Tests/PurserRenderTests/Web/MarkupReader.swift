/// Reads a page strictly: every element is closed in its order, every attribute is quoted, and no id is given twice.
struct MarkupReader {
    struct Element {
        var name: String
        var attributes: [String: String]
        /// The names of the elements around it, the outermost first.
        var parents: [String]
        /// Its text and that of the elements in it.
        var text = ""
    }

    private(set) var elements: [Element] = []
    private(set) var faults: [String] = []
    private var open: [Int] = []
    private let page: [Unicode.Scalar]
    private var place = 0

    private static let void: Set<String> = ["meta"]

    init(_ page: String) {
        self.page = Array(page.unicodeScalars)
        read()
    }

    /// Returns the elements of a name.
    func all(_ name: String) -> [Element] {
        elements.filter { $0.name == name }
    }

    private mutating func read() {
        let start = "<!DOCTYPE html>\n"
        if !String(String.UnicodeScalarView(page.prefix(start.count))).elementsEqual(start) { faults.append("doctype") }
        place = start.count
        while place < page.count {
            if page[place] == "<" {
                readTag()
            } else {
                let text = unescaped(upTo: "<")
                for index in open { elements[index].text += text }
            }
        }
        if !open.isEmpty { faults.append("open at the end: \(open.map { elements[$0].name })") }
        let ids = elements.compactMap { $0.attributes["id"] }
        if Set(ids).count != ids.count { faults.append("an id is given twice") }
        for reference in elements.compactMap({ $0.attributes["aria-labelledby"] }) {
            for id in reference.split(separator: " ") where !ids.contains(String(id)) {
                faults.append("no element has the id \(id)")
            }
        }
    }

    private mutating func readTag() {
        place += 1
        let isEnd = take("/")
        let name = word()
        if name.isEmpty { return faults.append("a < that begins no element, at \(place)") }
        if isEnd {
            guard let last = open.popLast(), elements[last].name == name, take(">") else {
                return faults.append("</\(name)> closes another element")
            }
            return
        }
        var attributes: [String: String] = [:]
        while take(" ") {
            let key = word()
            guard !key.isEmpty, take("="), take("\"") else { return faults.append("an attribute of \(name)") }
            if attributes.updateValue(unescaped(upTo: "\""), forKey: key) != nil { faults.append("\(key) twice") }
            place += 1
        }
        let isEmpty = take("/")
        guard take(">") else { return faults.append("<\(name) does not end") }
        elements.append(Element(name: name, attributes: attributes, parents: open.map { elements[$0].name }))
        if !isEmpty, !Self.void.contains(name) { open.append(elements.count - 1) }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard place < page.count, page[place] == scalar else { return false }
        place += 1
        return true
    }

    private mutating func word() -> String {
        var out = String.UnicodeScalarView()
        while place < page.count,
            page[place].properties.isAlphabetic || page[place] == "-" || ("0"..."9") ~= page[place]
        {
            out.append(page[place])
            place += 1
        }
        return String(out)
    }

    private mutating func unescaped(upTo end: Unicode.Scalar) -> String {
        let references = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "#39": "'"]
        var out = String.UnicodeScalarView()
        while place < page.count, page[place] != end {
            switch page[place] {
            case "&":
                let rest = page[(place + 1)...].prefix(6)
                let name = String(String.UnicodeScalarView(rest.prefix { $0 != ";" }))
                guard let text = references[name] else {
                    faults.append("a bare & at \(place)")
                    break
                }
                out.append(contentsOf: text.unicodeScalars)
                place += name.unicodeScalars.count + 1
            case "<": faults.append("a bare < at \(place)")
            default: out.append(page[place])
            }
            place += 1
        }
        return String(out)
    }
}
