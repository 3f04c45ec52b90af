import Foundation
import PurserCore
import PurserStore
import Synchronization
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct MetricsImportCommandTests {
    static func lines(_ values: Range<Int>) -> String {
        let time = Int(Date().timeIntervalSince1970) * 1000
        return values.map {
            #"{"_aws":{"Timestamp":\#(time),"CloudWatchMetrics":[{"Namespace":"A","Dimensions":[[]],"#
                + #""Metrics":[{"Name":"M"}]}]},"M":\#($0)}"# + "\n"
        }.joined()
    }

    /// Whether the store exists and has a metric.
    private static func hasSeries(_ folder: TemporaryFolder) -> Bool {
        let store = try? Store(path: folder.path("purser.db"), .existing)
        return (try? store?.series().isEmpty) == false
    }

    @Test("a file is stored once; a fault is reported and exits with 3, and a usage error exits with 64")
    func file() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let path = folder.path("app.log")
        try (Self.lines(0..<5) + "{\"_aws\":1}\n").write(toFile: path, atomically: true, encoding: .utf8)
        let first = try purser.run("metrics", "import", "--from", "emf", path)
        #expect(first.status == 3 && first.errors.contains(path + ":6: _aws.Timestamp: must be"), "\(first)")
        #expect(first.errors.contains("6 lines read, 0 of them without metrics; 5 datapoints stored, 2 faults"))
        let again = try purser.run("metrics", "import", "--from", "emf", path)
        #expect(again.status == 0 && again.errors.contains("0 lines read after 6 imported earlier"), "\(again)")
        #expect(try purser.run("metrics", "import", "--from", "emf", "--namespace", "A", path).status == 64)
        #expect(try purser.run("metrics", "import", "--from", "xml", path).status == 64)
        #expect(try purser.run("metrics", "import", path).status == 64)
        let missing = try purser.run("metrics", "import", "--from", "emf", path + "x")
        #expect(missing.status == 3 && missing.errors.contains("there is no such file"))
        let isFolder = try purser.run("metrics", "import", "--from", "emf", folder.url.path)
        #expect(isFolder.status == 3 && isFolder.errors.contains("Is a directory"), "\(isFolder)")
        let retention = try purser.run("metrics", "retention", "--keep", "foo")
        #expect(retention.status == 64 && retention.errors.contains("must be NAME=DURATION"))
        #expect(try purser.run("doctor").status == 0)
    }

    @Test("an import of months leaves nothing for the next evaluation to roll up")
    func rollUp() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let path = folder.path("app.log")
        let now = Int(Date().timeIntervalSince1970)
        // Far enough in the past for every slot to be due.
        let lines = (0..<120 * 8).map { number in
            #"{"_aws":{"Timestamp":\#((now - 7200 - number * 10_800) * 1000),"CloudWatchMetrics":[{"Namespace":"A","#
                + #""Dimensions":[[]],"Metrics":[{"Name":"M"}]}]},"M":1}"# + "\n"
        }
        try lines.reversed().joined().write(toFile: path, atomically: true, encoding: .utf8)
        let result = try purser.run("metrics", "import", "--from", "emf", path)
        #expect(result.status == 0, "\(result)")
        let store = try Store(path: folder.path("purser.db"), .existing)
        #expect(try !store.isAgeingDue(now: Timestamp(seconds: Int64(now))))
        #expect(try store.recordedSlotCount() == 0)
    }

    @Test("--format also accepts the input's format, as it did before --from, and reports that this is deprecated")
    func alias() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let old = try purser.run("metrics", "import", "--format", "emf", input: Self.lines(0..<3))
        #expect(old.status == 0 && old.output.isEmpty, "\(old)")
        #expect(old.errors.contains("3 datapoints stored"))
        #expect(old.errors.components(separatedBy: "deprecated; use --from emf").count == 2, "\(old.errors)")
        let new = try purser.run("metrics", "import", "--from", "emf", input: Self.lines(0..<3))
        #expect(new.status == 0 && !new.errors.contains("deprecated"), "\(new)")
        let both = try purser.run("metrics", "import", "--from", "emf", "--format", "otlp")
        #expect(both.status == 64 && both.errors.contains("--format must be text or json"), "\(both)")
        let neither = try purser.run("metrics", "import", "--format", "json")
        #expect(neither.status == 64 && neither.errors.contains("--from emf, openmetrics"), "\(neither)")
    }

    @Test("standard input is stored while it is still open")
    func stream() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        try Self.lines(1..<4).write(toFile: folder.path("in"), atomically: true, encoding: .utf8)
        // The input stays open until the store has the first lines: only then is the pipe opened for writing, and until
        // then its reader waits.
        let gate = folder.path("gate")
        try #require(mkfifo(gate, 0o600) == 0)
        let watch = try FolderWatch(folder.url)
        let isSeen = Mutex(Result<Bool, any Error>.success(false))
        Thread.detachNewThread {
            let found = Result { try watch.wait(forFile: "purser.db-wal") { Self.hasSeries(folder) } }
            isSeen.withLock { $0 = found }
            close(open(gate, O_WRONLY | O_CLOEXEC))
        }
        let result = try purser.shell(
            """
            { cat '\(folder.path("in"))'; cat '\(gate)'; cat '\(folder.path("in"))'
            } | "$PURSER" metrics import --from emf
            """
        )
        #expect(try result.status == 0 && isSeen.withLock { try $0.get() }, "\(result)")
        #expect(result.errors.contains("6 lines read, 0 of them without metrics; 6 datapoints stored, 0 faults"))
    }

    @Test("an import that is killed and run again stores everything once")
    func killed() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let path = folder.path("app.log")
        try Self.lines(0..<20_000).write(toFile: path, atomically: true, encoding: .utf8)
        let watch = try FolderWatch(folder.url)
        let process = try purser.start(["metrics", "import", "--from", "emf", path], watch: watch)
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        // Kill it as soon as the store has some of its lines.
        #expect(try watch.wait(forFile: "purser.db-wal") { Self.hasSeries(folder) })
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(try purser.run("metrics", "import", "--from", "emf", path).status == 0)
        for (stat, value) in [("SampleCount", "20000.0"), ("Sum", "1.9999E8")] {
            let get = try purser.run(
                "metrics",
                "get",
                "--namespace",
                "A",
                "--name",
                "M",
                "--stat",
                stat,
                "--period",
                "86400",
                "--start",
                "-2d"
            )
            #expect(get.output.contains("[\(value)]"), "\(get)")
        }
    }
}
