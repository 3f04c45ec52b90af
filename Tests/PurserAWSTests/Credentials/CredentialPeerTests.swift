import Foundation
import PurserAWS
import PurserCore
import TestSupport
import Testing

@Suite(.blocking, .needsPeers)
struct CredentialPeerTests {
    @Test("the same files and environment lead to the access key id that botocore chooses")
    func choice() throws {
        let folder = NSTemporaryDirectory() + "purser-credentials-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func keys(_ section: String, _ id: String) -> String {
            "# c\n\n[\(section)]\n  AWS_Access_Key_Id : \(id) \n  aws_secret_access_key=s=1\n  s3 =\n    x = 1\n"
        }
        let shared = ["", keys("p", "SHARED-P"), keys("default", "SHARED"), "[default]\naws_access_key_id = A\n"]
        let config = ["", keys("profile p", "CONFIG-P"), keys("default", "CONFIG"), keys("p", "NO"), "[p\n"]
        let own = ["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s"]
        // A key without its secret and a profile named next to keys are separate cases.
        let variables = [[:], ["AWS_PROFILE": "p"], own, ["AWS_ACCESS_KEY_ID": "ENV"], ["AWS_SECRET_ACCESS_KEY": "s"]]
        var taken = Set<String?>()
        let peer = try PeerProcess.shared("credential_choice.py")
        for shared in shared {
            for config in config {
                try Data(shared.utf8).write(to: URL(fileURLWithPath: folder + "/shared"))
                try Data(config.utf8).write(to: URL(fileURLWithPath: folder + "/config"))
                for variables in variables where !(config == "[p\n" && variables == own) {
                    var environment = variables
                    environment["AWS_SHARED_CREDENTIALS_FILE"] = folder + "/shared"
                    environment["AWS_CONFIG_FILE"] = folder + "/config"
                    environment["AWS_EC2_METADATA_DISABLED"] = "true"
                    let question = JSONValue.object(environment.map { .init($0.key, .string($0.value)) })
                    let theirs = try peer.ask(question, for: [String].self).first
                    let ours = try? CredentialChain(environment: environment).credentials().accessKeyID
                    #expect(ours == theirs, "\(shared) | \(config) | \(variables)")
                    taken.insert(theirs)
                }
            }
        }
        #expect(taken == [nil, "ENV", "SHARED", "SHARED-P", "CONFIG", "CONFIG-P"])
    }
}
