/// Lets the tests that wait for one of Swift's few threads go on.
///
/// For the loops of tests that start programs and wait for them, or compute for minutes: else all others stand still as long.
public func othersGetTheirTurn() async {
    await Task.yield()
}
