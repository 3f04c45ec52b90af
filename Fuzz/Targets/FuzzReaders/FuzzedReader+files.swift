import PurserImport

@testable import PurserCore

extension FuzzedReader {
    /// Reads JSON; what is written from a value must be read back to the same text.
    static func json(_ text: String) {
        guard let value = try? JSONValue(parsing: text) else { return }
        for written in [value.text(), value.text(indented: true)] {
            guard let again = try? JSONValue(parsing: written) else {
                preconditionFailure("the written JSON cannot be read")
            }
            precondition(again.text() == value.text(), "the written JSON has another value")
        }
    }

    /// Reads a price file and a file of ARNs, and uses every row.
    static func csv(_ text: String) {
        if let arns = try? ARNMap(csv: text, file: "arns.csv") {
            _ = arns.lint(against: prices)
            for row in arns.rows { _ = arns.modelId(for: row.arn, at: now) }
        }
        guard let catalog = try? PriceCatalog(csv: text, file: "prices.csv") else { return }
        _ = catalog.lint(asOf: now)
        _ = catalog.rows(matching: "a", region: "us-east-1", at: now)
        for price in catalog.prices {
            _ = catalog.price(for: price.modelId, at: now, region: price.region)
            _ = catalog.closestModelIds(to: price.modelId)
            for tokens in [0, 250_000, .max] {
                _ = try? price.worstCase(inputTokens: tokens, maxOutputTokens: tokens, mayWriteCache: true)
            }
        }
    }

    /// Reads an alarm file or template, as YAML and as JSON, and a budget.
    static func yaml(_ text: String) {
        let contents = [try? JSONValue.documents(yaml: text), try? JSONValue.documents(parsing: text)]
        for documents in contents.compactMap(\.self) {
            let files = AlarmFile.documents("alarm.yaml", documents)
            let parameters = ["TopicArn": "arn:aws:sns:us-east-1:111122223333:alarms", "Limit": "5"]
            _ = AlarmFile.unused(["Limit"], in: files)
            for file in files {
                _ = BudgetDefinition.read(json: file.content.text(), file: "budget.json", parameters: parameters)
            }
            _ = AlarmSet.content(of: files, parameters: parameters)
        }
    }

    /// Reads the body of a dashboard, and a search.
    static func dashboard(_ text: String) {
        _ = DashboardBody.read(json: text, file: "dashboard.json", parameters: ["Region": "us-east-1"])
        guard let search = try? MetricSearch(text) else { return }
        let metric = Metric(namespace: "AWS/EC2", name: "CPUUtilization1", dimensions: [Dimension("InstanceId", "i-1")])
        precondition(search.matches(among: [metric, metric]).metrics.count == (search.matches(metric) ? 1 : 0))
    }

    /// Reads and evaluates an expression of metric math, and reads a composite alarm's rule.
    static func expression(_ text: String) {
        if let rule = try? CompositeExpression.parse(text) {
            _ = rule.isTrue { $0.isEmpty ? nil : .alarm }
        }
        guard let expression = try? MetricMathExpression.parse(text) else { return }
        let ids = expression.references.map(\.id)
        guard (try? expression.type(in: MetricMathScope(metrics: ids))) != nil else { return }
        let points: [Double?] = [1, nil, 0, -2.5, 1e300]
        let band = AnomalyBandPoints(points.map { $0.map { AnomalyBandPoint(expected: $0, deviation: 1) } })
        let context = MetricMathContext(
            frame: MetricMathFrame(start: now, period: 60, count: points.count),
            metrics: ids,
            bands: Dictionary(uniqueKeysWithValues: expression.bandedIds.map { ($0, band) })
        )
        let values = Dictionary(uniqueKeysWithValues: ids.map { ($0, MetricMathValue.series(points)) })
        let value = expression.evaluate(values, in: context)
        precondition(value.points(points.count).count == points.count, "the result has another number of periods")
        _ = expression.evaluateTree(values, in: context)
    }
}
