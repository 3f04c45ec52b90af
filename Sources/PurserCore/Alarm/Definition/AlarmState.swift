/// CloudWatch's three states of an alarm.
package enum AlarmState: String, Sendable, CaseIterable {
    case ok = "OK"
    case alarm = "ALARM"
    case insufficientData = "INSUFFICIENT_DATA"
}
