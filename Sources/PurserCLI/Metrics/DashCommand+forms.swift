import ArgumentParser

/// Which options go together: the one table that `validate()` checks.
extension DashCommand {
    /// What the command does.
    private enum Form: String, CaseIterable {
        case frame = "the frame of the chat service"
        case dashboard = "a NAME"
        case namespace = "--namespace"
        case list = "--list"
        case export = "--export"
    }

    private var form: Form {
        if list { return .list }
        if export { return .export }
        if name != nil { return .dashboard }
        return namespace == nil ? .frame : .namespace
    }

    /// The options that not every form has, whether each is given, and the forms that have it.
    private var optionsOfForms: [(isGiven: Bool, name: String, forms: Set<Form>)] {
        let drawn: Set<Form> = [.frame, .dashboard, .namespace]
        return [
            (oneline, "--oneline", [.frame]),
            (heatmap, "--heatmap", [.frame]),
            (compact, "--compact", [.frame]),
            (layout != nil, "--layout", [.dashboard, .namespace]),
            (since != nil, "--since", drawn),
            (from != nil, "--from", drawn),
            (to != nil, "--to", drawn.union([.export])),
            (asOf.at != nil, "--at", drawn),
            (live.watch, "--watch", drawn),
            (format == .html, "--format html", drawn),
            (format == .json, "--format json", drawn.union([.list])),
        ]
    }

    /// Options that cannot be combined, because one of them would change nothing.
    private var exclusiveOptions: [(Bool, Bool, String, String)] {
        let other = format == .text ? nil : "--format \(format.rawValue)"
        return [
            (oneline, heatmap, "--oneline", "--heatmap"),
            (oneline, compact, "--oneline", "--compact"),
            (compact, heatmap, "--compact", "--heatmap"),
            (oneline, format != .text, "--oneline", other ?? ""),
            (heatmap, format == .html, "--heatmap", other ?? ""),
            (compact, format == .json, "--compact", other ?? ""),
            (layout != nil, format == .json, "--layout", other ?? ""),
            (live.watch, format != .text, "--watch", other ?? ""),
            (live.watch, from != nil, "--watch", "--from"),
            (live.watch, to != nil, "--watch", "--to"),
            (live.watch, oneline, "--watch", "--oneline"),
        ]
    }

    /// Throws if an option does not go with what the command does, or with another option.
    func validateForm() throws {
        for option in optionsOfForms where option.isGiven && !option.forms.contains(form) {
            let forms = Form.allCases.filter(option.forms.contains).map(\.rawValue)
            let allowed = (forms.dropLast(2) + [forms.suffix(2).joined(separator: " and ")]).joined(separator: ", ")
            throw ValidationError("\(option.name) goes with \(allowed), not with \(form.rawValue)")
        }
        for (isFirst, isSecond, first, second) in exclusiveOptions where isFirst && isSecond {
            throw ValidationError("\(first) cannot be combined with \(second)")
        }
    }
}
