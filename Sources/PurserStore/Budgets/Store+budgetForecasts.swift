import GRDB
package import PurserCore

/// The last forecast of a budget's period, which is kept so that an evaluation need not read the ledger.
package struct StoredForecast: Sendable, Equatable {
    /// With the name that the forecast is for.
    package var scope: BudgetScope
    package var window: BudgetWindow
    /// When the period began.
    package var start: Timestamp
    package var made: Timestamp
    /// What the period was expected to cost; nil if too little was known for an alert.
    package var mean: Picodollars?

    package init(scope: BudgetScope, window: BudgetWindow, start: Timestamp, made: Timestamp, mean: Picodollars?) {
        self.scope = scope
        self.window = window
        self.start = start
        self.made = made
        self.mean = mean
    }
}

extension Store {
    package func storedForecasts() throws -> [StoredForecast] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT scope, name, time_window, start, made, mean FROM budget_forecast").map {
                guard let scope = BudgetScope(scope: $0[0], name: $0[1]), let window = BudgetWindow(rawValue: $0[2])
                else {
                    throw StoreError(.corrupt, path: path, detail: "a forecast has an unknown scope or window")
                }
                return StoredForecast(
                    scope: scope,
                    window: window,
                    start: Timestamp(milliseconds: $0[3]),
                    made: Timestamp(milliseconds: $0[4]),
                    mean: try ($0[5] as String?).map { Picodollars(try number($0)) }
                )
            }
        }
    }

    /// Replaces all stored forecasts.
    package func setForecasts(_ forecasts: [StoredForecast]) throws {
        try write { db in
            try db.execute(sql: "DELETE FROM budget_forecast")
            for forecast in forecasts {
                let key = forecast.scope.key
                try db.execute(
                    sql: """
                        INSERT OR REPLACE INTO budget_forecast (scope, name, time_window, start, made, mean)
                        VALUES (?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        key.scope, key.name, forecast.window.rawValue, forecast.start.milliseconds,
                        forecast.made.milliseconds, forecast.mean.map { String($0.rawValue) },
                    ]
                )
            }
        }
    }
}
