/// The one style sheet of all pages.
enum WebStyle {
    /// The SHA-256 of ``sheet`` in Base64, by which the page's policy allows it.
    static let hash = "kRV+FV2KVrwJ27mHKcRM8+6Mckc+w6DBCJTzsHdst+Q="

    static let sheet: HTML = """

        :root {
          color-scheme: light dark;
          --ground: #ffffff; --text: #1b1f24; --faint: #59636e; --line: #c8ced5; --band: #f1f3f5;
          --alarm: #b3001b; --warning: #7a4f00; --fine: #0a6b2d;
          --blue: #0b5cad; --purple: #7b3fa0; --vermillion: #b84a00; --green: #2b7030; --cyan: #0b6f7c;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #14171a; --text: #e6e9ec; --faint: #a3adb8; --line: #434c56; --band: #1f2429;
            --alarm: #ff8f8f; --warning: #f2c14e; --fine: #6fd08c;
            --blue: #6cb6ff; --purple: #cba3f2; --vermillion: #ff9a5c; --green: #7fd087; --cyan: #5fd0de;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; padding: 1rem; max-width: 72rem; background: var(--ground); color: var(--text);
          font: 1rem/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
        }
        h1 { font-size: 1.4rem; margin: 0; }
        h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
        h3 { font-size: 1rem; margin: 1rem 0 .3rem; }
        p, ul { margin: .3rem 0; }
        ul { padding: 0; list-style: none; }
        a { color: var(--blue); }
        a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
        .facts li, .closing p { white-space: pre-wrap; }
        h1, h2, h3, p, li, th, td, caption, summary, code, strong, span { unicode-bidi: isolate; }
        .alarm { color: var(--alarm); font-weight: 700; }
        .warning { color: var(--warning); }
        .fine { color: var(--fine); }
        .faint, caption, summary { color: var(--faint); }
        .facts, .ranges, .legend { display: flex; flex-wrap: wrap; gap: .2rem 1.5rem; }
        .unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); }
        .verdict { border: 2px solid; border-width: 2px 0; padding: .4rem 0; margin-top: .8rem; }
        .verdict h2 { margin: 0; font-size: 1.3rem; }
        .closing { border-top: 2px solid; margin-top: 1.6rem; padding-top: .4rem; }
        .alarms > li { border-left: .3rem solid var(--line); padding: .2rem 0 .2rem .7rem; margin: .5rem 0; }
        .alarms > li.on { border-color: var(--alarm); }
        .alarms > li.look { border-color: var(--warning); border-left-style: dashed; }
        .alarms .alarms { margin-left: 1rem; }
        .scroll { overflow-x: auto; max-width: 100%; }
        table { border-collapse: collapse; font-size: .9rem; overflow-wrap: break-word; }
        caption { text-align: left; padding-bottom: .2rem; }
        th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); }
        th { min-width: 5rem; max-width: 22rem; }
        tbody th { font-weight: 400; }
        td { min-width: 3.5rem; max-width: 24rem; }
        .number { text-align: right; }
        .part { padding-left: 1rem; }
        code { font: .9em ui-monospace, monospace; }
        details { margin: .3rem 0; }
        svg { display: block; fill: none; stroke: none; }
        svg text { font: 12px system-ui, sans-serif; fill: var(--text); }
        .spark { width: 10rem; height: 1.6rem; fill: var(--faint); }
        .spark .part-of-step { fill: var(--ground); stroke: var(--faint); }
        .chart { display: flex; max-width: 100%; }
        .chart > svg { flex: none; }
        .chart > .middle { flex: 1 1 0; min-width: 0; overflow: visible; }
        .plot { overflow: visible; }
        .grid, .line, .threshold, .mark, .edge, .part-of-step { vector-effect: non-scaling-stroke; }
        .grid { stroke: var(--line); stroke-width: 1; }
        .edge { stroke: var(--text); stroke-width: 1; }
        .threshold { stroke: var(--alarm); stroke-width: 1.5; stroke-dasharray: 6 5; }
        svg text.threshold-name { fill: var(--alarm); paint-order: stroke; stroke: var(--ground); stroke-width: 4px; }
        .mark { stroke: var(--faint); stroke-width: 1.5; stroke-dasharray: 1 3; }
        .in-alarm { fill: var(--alarm); fill-opacity: .45; }
        .not-over { fill: var(--text); fill-opacity: .1; }
        .line { stroke-width: 2; stroke-linejoin: round; stroke-linecap: butt; }
        .dash1 { stroke-dasharray: 7 3; }
        .dash2 { stroke-dasharray: none; stroke-width: 3; }
        .dash3 { stroke-dasharray: 2 3; }
        .dash4 { stroke-dasharray: 9 3 2 3; }
        .dash5 { stroke-dasharray: 12 5; }
        .line.blue { stroke: var(--blue); } svg text.blue { fill: var(--blue); }
        .line.purple { stroke: var(--purple); } svg text.purple { fill: var(--purple); }
        .line.vermillion { stroke: var(--vermillion); } svg text.vermillion { fill: var(--vermillion); }
        .line.green { stroke: var(--green); } svg text.green { fill: var(--green); }
        .line.cyan { stroke: var(--cyan); } svg text.cyan { fill: var(--cyan); }
        .legend li { display: flex; gap: .4rem; align-items: center; }
        .bar { width: 100%; height: 1.4rem; }
        td .bar { min-width: 6rem; height: 1rem; }
        .bar rect, .swatch rect { vector-effect: non-scaling-stroke; stroke: var(--text); stroke-width: 1; fill: var(--ground); }
        .bar .spent, .swatch .spent { fill: var(--blue); }
        .bar .held, .swatch .held { fill: var(--purple); }
        .bar .to-come, .swatch .to-come { fill: var(--band); stroke-dasharray: 4 3; }
        .bar .rest { stroke: var(--line); }
        .widgets > section { min-width: 0; }
        @media (max-width: 40rem) { .minor { display: none; } body { padding: .8rem; } }
        @media (max-width: 25rem) { .lesser { display: none; } }
        @media (min-width: 60rem) {
          .on-grid { max-width: none; }
          .on-grid .widgets { display: grid; grid-template-columns: repeat(24, minmax(0, 1fr)); gap: 0 1rem; align-items: start; }
        \(gridPlaces)}
        @media (forced-colors: active) {
          .alarms > li { border-color: CanvasText; }
          .spark, .in-alarm, .bar .spent, .swatch .spent { fill: CanvasText; }
          .grid { stroke: GrayText; }
          .line, .threshold, .mark, .edge, .bar rect, .swatch rect { stroke: CanvasText; }
          svg text, svg text[class] { fill: CanvasText; stroke: none; }
        }
        @media print {
          :root {
            --ground: #ffffff; --text: #000000; --faint: #444444; --line: #999999; --band: #eeeeee;
            --alarm: #990015; --warning: #664200; --fine: #085a26;
            --blue: #0b5cad; --purple: #7b3fa0; --vermillion: #b84a00; --green: #2b7030; --cyan: #0b6f7c;
          }
          body { max-width: none; padding: 0; font-size: 10pt; }
          section, .chart, tr { break-inside: avoid; }
          .scroll { overflow: visible; }
          details:not([open]), nav { display: none; }
        }

        """

    /// Where a widget begins, and how many of the 24 columns it takes.
    private static let gridPlaces: HTML = {
        let rules = (0..<24).map { column -> HTML in
            "  .x\(column) { grid-column-start: \(column + 1); } .w\(column + 1) { grid-column-end: span \(column + 1); }\n"
        }
        return "\(rules)"
    }()
}
