import Testing

/// Tests the code that reads Swift for the other tests of this folder.
@Suite struct SwiftFileTests {
    private static func unused(_ text: String) -> [String] {
        let file = SwiftFile(text)
        return file.declarations.filter { !$0.isUsed(in: file.uses) }.map(\.title)
    }

    private static func lengths(_ text: String) -> [Int] {
        SwiftFile(text).declarations.map(\.bodyLines).filter { $0 > 0 }
    }

    @Test("comments and strings are not code, but a string's interpolations are")
    func strings() {
        let text = ##"""
            // let a = b
            print("c \(d("e")) \" f", #"g "\(h)" \#(i)"#, #""""#, /j"k/, l / m)
            n = """
                o " \(p)
                """
            """##
        let words = SwiftLexer.tokens(text).filter(\.isWord)
        #expect(words.map(\.text) == ["print", "d", "i", "l", "m", "n", "p"])
        #expect(words.map(\.line) == [2, 2, 2, 2, 2, 3, 4])
    }

    @Test("a function with a used name is unused if no call has its labels")
    func overloads() {
        let text = """
            struct S {
                func sign(_ text: String, at time: Int = 0, then: () -> Void) { print(text, time, then) }
                func sign(text: String) {}
                init(a: Int, b: Int...) {}
                init(c: Int) {}
                var used: Int { 1 }
                var unused: Int { 1 }
            }
            enum E { case one, two(Int), three }
            let s = S(a: 1, b: 2, 3).used
            s.sign("x") { print(E.one, E.two(1)) }
            print(s)
            """
        #expect(Self.unused(text) == ["sign(text:)", "init(c:)", "unused", "three"])
    }

    @Test("a use inside a call's arguments or an interpolation counts")
    func nested() {
        #expect(Self.unused("func f(_ x: Int) {}\nfunc g() -> Int { 1 }\nlet h = 1\nf(g())\nprint(\"\\(h)\")") == [])
    }

    @Test("a body's length is counted from { to }, for functions, initializers, subscripts and computed properties")
    func lengths() {
        let text = """
            struct S {
                var stored: Int
                init(
                    a: Int = { 1 }()
                ) throws
                where A: B {
                    // }
                }
                subscript(i: Int) -> Int {
                    i
                }
                static func == (a: S, b: S) -> Bool {
                    true }
                var computed: [Int] {
                    get {
                        [1]
                    }
                }
                var value = 1
                deinit {}
            }
            protocol P {
                func required(a: Int) -> Int
                var property: Int { get }
            }
            """
        #expect(Self.lengths(text) == [3, 3, 2, 5, 1, 1])
    }
}
