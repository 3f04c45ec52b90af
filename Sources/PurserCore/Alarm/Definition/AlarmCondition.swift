/// How a missing datapoint is treated: CloudWatch's TreatMissingData.
package enum MissingDataTreatment: String, Sendable, CaseIterable {
    case breaching
    case notBreaching
    case ignore
    case missing
}

/// Whether a percentile with few samples may change the state: CloudWatch's EvaluateLowSampleCountPercentile.
package enum LowSampleCountTreatment: String, Sendable, CaseIterable {
    case evaluate
    case ignore
}

/// When a metric alarm is in ALARM: M breaching datapoints out of the last N.
package struct AlarmCondition: Sendable, Equatable {
    /// Nil if ``thresholdMetricId`` names a band instead.
    package var threshold: Double?
    /// The id of the band that values are compared with: CloudWatch's ThresholdMetricId.
    package var thresholdMetricId: String?
    package var comparison: AlarmComparison
    /// N.
    package var evaluationPeriods: Int
    /// M as written in the file; nil means N, but reasons and messages distinguish the two.
    package var datapointsToAlarm: Int?
    /// As written in the file; nil means ``standardTreatment``.
    package var treatMissingData: MissingDataTreatment?
    /// How missing data is treated if the file does not say it.
    package var standardTreatment = MissingDataTreatment.missing
    /// As written in the file; nil means `evaluate`.
    package var evaluateLowSampleCountPercentile: LowSampleCountTreatment?
    package var window: EvaluationWindow

    package init(
        threshold: Double?,
        thresholdMetricId: String? = nil,
        comparison: AlarmComparison,
        evaluationPeriods: Int,
        datapointsToAlarm: Int? = nil,
        treatMissingData: MissingDataTreatment? = nil,
        evaluateLowSampleCountPercentile: LowSampleCountTreatment? = nil,
        window: EvaluationWindow = .sliding
    ) {
        self.threshold = threshold
        self.thresholdMetricId = thresholdMetricId
        self.comparison = comparison
        self.evaluationPeriods = evaluationPeriods
        self.datapointsToAlarm = datapointsToAlarm
        self.treatMissingData = treatMissingData
        self.evaluateLowSampleCountPercentile = evaluateLowSampleCountPercentile
        self.window = window
    }

    /// How missing data is treated.
    package var missingDataTreatment: MissingDataTreatment {
        treatMissingData ?? standardTreatment
    }

    /// M: how many breaching datapoints make an alarm.
    package var neededToAlarm: Int {
        datapointsToAlarm ?? evaluationPeriods
    }

    /// N - M + 1: how many datapoints that do not breach rule out an alarm.
    package var neededForOK: Int {
        max(1, evaluationPeriods - neededToAlarm + 1)
    }

    /// Whether a datapoint breaches; one without a value, or without a band if one is needed, does not.
    package func isBreaching(_ point: AlarmPoint) -> Bool {
        guard let value = point.value, let thresholds = thresholds(of: point) else { return false }
        return comparison.isBreaching(value, thresholds)
    }

    /// Returns the thresholds that a datapoint is compared with: the band of its period, or else the single threshold.
    package func thresholds(of point: AlarmPoint) -> ClosedRange<Double>? {
        point.band ?? threshold.map { $0...$0 }
    }
}
