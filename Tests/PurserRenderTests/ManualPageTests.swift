import PurserRender
import Testing

@Suite struct ManualPageTests {
    @Test("text is no macro and no escape sequence, sentences begin lines, and terms are whole")
    func page() throws {
        let page = ManualPage(
            name: "purser",
            number: 1,
            summary: "watch a chat service",
            synopsis: ["[OPTIONS] COMMAND", "--version"],
            sections: [
                .init(
                    "OPTIONS",
                    [
                        .paragraph([
                            "A sentence with `code` and C:\\dir.", ".Sh is no macro here.", "'quoted' at the start.",
                        ]),
                        .list([ManualPage.Item("--store \"FILE\"", ["The store\u{1B}[31m."])]),
                        .heading("A - B"),
                        .paragraph([
                            "A long sentence that has to be broken over lines, because lines of a manual page are not longer than eighty characters."
                        ]),
                        .example("purser help --man > purser.1\n.ls"),
                        .paragraph(["The end."]),
                    ]
                )
            ]
        )
        try expectGolden(page.mdoc, "manual.mdoc")
    }
}
