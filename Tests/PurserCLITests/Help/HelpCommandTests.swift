import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct HelpCommandTests {
    @Test("help lists the commands and the topics, and shows each")
    func help() throws {
        let purser = PurserProgram()
        let all = try purser.run("help")
        #expect(all.status == 0 && all.output.contains("USAGE: purser") && all.output.contains("\n  evaluate "))
        for topic in ["times", "exit-codes", "environment", "files", "keys"] {
            #expect(all.output.contains("\n  \(topic) "), "\(topic)")
            let page = try purser.run("help", topic)
            #expect(page.status == 0 && page.output.contains("\n\n  ") && page.errors.isEmpty, "\(page)")
        }
        #expect(try purser.run("help", "times").output.contains("yesterday 14:00"))
        #expect(try purser.run("help", "exit-codes").output.contains("\n  64"))
    }

    @Test("help of a command is what its --help is")
    func commands() throws {
        let purser = PurserProgram()
        for words in [["dash"], ["alarms"], ["alarms", "show"]] {
            let (help, own) = (try purser.run(["help"] + words), try purser.run(words + ["--help"]))
            #expect(help.status == 0 && help.output.split(separator: "\n") == own.output.split(separator: "\n"))
            #expect(help.output.contains("USAGE: purser \(words.joined(separator: " "))"))
        }
    }

    @Test("an unknown command or topic ends with 64, and the message names those that exist")
    func unknown() throws {
        let purser = PurserProgram()
        let topic = try purser.run("help", "time")
        #expect(topic.status == 64 && topic.errors.contains("times") && topic.errors.contains("evaluate"), "\(topic)")
        let subcommand = try purser.run("help", "alarms", "shwo")
        #expect(subcommand.status == 64 && subcommand.errors.contains("show"), "\(subcommand)")
        #expect(try purser.run("help", "dash", "x").status == 64)
        #expect(try purser.run("help", "--man", "dash").status == 64)
    }
}
