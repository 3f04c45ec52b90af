extension DeadLetter {
    /// The schema that is named in a queue's message.
    package static let schema = "purser.dead-letter/1"

    /// The letter as sent to a queue and shown by `purser deadletters list`; unknown values are null.
    package var json: JSONValue {
        [
            "schema": .string(Self.schema),
            "requestId": .string(requestId),
            "correlationId": .string(correlationId),
            "time": .string(time.iso8601(milliseconds: true)),
            "user": JSONValue(caller.user),
            "team": JSONValue(caller.team),
            "application": JSONValue(caller.application),
            "accessKeyId": JSONValue(caller.accessKey),
            "model": .string(modelId),
            "code": .string(code),
            "error": .string(error),
            "message": .string(message),
            "attempts": .integer(attempts),
            "characters": .integer(characters),
            "redrives": .integer(redrives),
            "content": JSONValue(content),
        ]
    }

    /// The body of a queue's message.
    package var queueBody: String {
        // SQS rejects these two characters. They can occur only in strings, where JSON allows escapes.
        json.text().replacing("\u{FFFE}", with: "\\ufffe").replacing("\u{FFFF}", with: "\\uffff")
    }

    /// Reads a queue's message; nil if it is not one of Purser's.
    package init?(queueBody: String) {
        guard let json = try? JSONValue(parsing: queueBody), json["schema"]?.string == Self.schema,
            let requestId = json["requestId"]?.string, let correlationId = json["correlationId"]?.string,
            let time = json["time"]?.string.flatMap({ Timestamp(iso8601: $0) }), let modelId = json["model"]?.string,
            let code = json["code"]?.string, let error = json["error"]?.string, let message = json["message"]?.string,
            let attempts = Self.count(json["attempts"]), let characters = Self.count(json["characters"]),
            let redrives = Self.count(json["redrives"] ?? 0)
        else { return nil }
        self.init(
            requestId: requestId,
            correlationId: correlationId,
            time: time,
            caller: Caller(
                user: json["user"]?.string,
                team: json["team"]?.string,
                application: json["application"]?.string,
                accessKey: json["accessKeyId"]?.string
            ),
            modelId: modelId,
            code: code,
            error: error,
            message: message,
            attempts: attempts,
            characters: characters,
            content: json["content"]?.string
        )
        self.redrives = redrives
    }

    /// More than any letter can have: a larger number was not written by Purser.
    private static let mostCount = 1_000_000_000

    private static func count(_ value: JSONValue?) -> Int? {
        value?.integer.flatMap { (0...mostCount).contains($0) ? $0 : nil }
    }
}
