import PurserAWS
import PurserCore
import Testing

@testable import Purser

@Suite struct NotifierTests {
    @Test("the message's id is an attribute for subscribers, on any topic, at every attempt, and within SNS's limit")
    func identity() throws {
        for name in ["oncall", "oncall.fifo"] {
            var message = PurserFixture.message("server-errors/7/arn:aws:sns:us-east-1:111122223333:\(name)")
            message.attributes = ["runbook", "window", "samples", "command", "late", "reminder"].map { .init($0, "x") }
            let target = OutboxMessage.Target("arn:aws:sns:us-east-1:111122223333:\(name)")
            guard case .topic(let topic) = target else {
                Issue.record("\(target)")
                continue
            }
            let first = Notifier.sns(message, topic)
            message.attempts = 3
            #expect(Notifier.sns(message, topic) == first)
            #expect(first.attributes.first == .init("id", message.id) && first.id == message.id)
            #expect(Set(first.attributes.map(\.name)).count == first.attributes.count && first.attributes.count <= 10)
        }
    }
}
