#include "CEmbeddedFiles.h"

// One line a file: a static array that the compiler fills, and a row of the table.
// A test compares this list with the folders of the repository.

static const unsigned char migration_0001[] = {
#embed "../../migrations/0001-initial.sql"
};

static const unsigned char migration_0002[] = {
#embed "../../migrations/0002-blocks.sql"
};

static const unsigned char migration_0003[] = {
#embed "../../migrations/0003-alarms.sql"
};

static const unsigned char migration_0004[] = {
#embed "../../migrations/0004-budgets.sql"
};

static const unsigned char migration_0005[] = {
#embed "../../migrations/0005-access-keys.sql"
};

static const unsigned char migration_0006[] = {
#embed "../../migrations/0006-dead-letters.sql"
};

static const unsigned char migration_0007[] = {
#embed "../../migrations/0007-retention.sql"
};

static const unsigned char migration_0008[] = {
#embed "../../migrations/0008-sources.sql"
};

static const unsigned char migration_0009[] = {
#embed "../../migrations/0009-restoration.sql"
};

static const unsigned char alarm_budget[] = {
#embed "../../alarms/budget.json"
};

static const unsigned char alarm_error_rate_low_traffic[] = {
#embed "../../alarms/error-rate-low-traffic.json"
};

static const unsigned char alarm_test_error_rate_low_traffic[] = {
#embed "../../alarms/error-rate-low-traffic.test"
};

static const unsigned char alarm_error_rate[] = {
#embed "../../alarms/error-rate.json"
};

static const unsigned char alarm_latency_low_traffic[] = {
#embed "../../alarms/latency-low-traffic.json"
};

static const unsigned char alarm_test_latency_low_traffic[] = {
#embed "../../alarms/latency-low-traffic.test"
};

static const unsigned char alarm_test_error_rate[] = {
#embed "../../alarms/error-rate.test"
};

static const unsigned char alarm_latency_p99[] = {
#embed "../../alarms/latency-p99.json"
};

static const unsigned char alarm_test_latency_p99[] = {
#embed "../../alarms/latency-p99.test"
};

static const unsigned char alarm_month_cost[] = {
#embed "../../alarms/month-cost.json"
};

static const unsigned char alarm_test_month_cost[] = {
#embed "../../alarms/month-cost.test"
};

static const unsigned char alarm_server_errors[] = {
#embed "../../alarms/server-errors.json"
};

static const unsigned char alarm_test_server_errors[] = {
#embed "../../alarms/server-errors.test"
};

static const unsigned char prices_arns[] = {
#embed "../../prices/arns.csv"
};

static const unsigned char prices_bedrock[] = {
#embed "../../prices/bedrock.csv"
};

static const unsigned char runbook_budget[] = {
#embed "../../docs/runbooks/budget.md"
};

static const unsigned char runbook_dead_letters[] = {
#embed "../../docs/runbooks/dead-letters.md"
};

static const unsigned char runbook_error_rate_low_traffic[] = {
#embed "../../docs/runbooks/error-rate-low-traffic.md"
};

static const unsigned char runbook_error_rate[] = {
#embed "../../docs/runbooks/error-rate.md"
};

static const unsigned char runbook_latency_low_traffic[] = {
#embed "../../docs/runbooks/latency-low-traffic.md"
};

static const unsigned char runbook_latency_p99[] = {
#embed "../../docs/runbooks/latency-p99.md"
};

static const unsigned char runbook_month_cost[] = {
#embed "../../docs/runbooks/month-cost.md"
};

static const unsigned char runbook_restore[] = {
#embed "../../docs/runbooks/restore.md"
};

static const unsigned char runbook_server_errors[] = {
#embed "../../docs/runbooks/server-errors.md"
};

#define FILE(path, bytes) {path, bytes, sizeof bytes}

static const struct purser_embedded_file files[] = {
    FILE("alarms/budget.json", alarm_budget),
    FILE("alarms/error-rate-low-traffic.json", alarm_error_rate_low_traffic),
    FILE("alarms/error-rate-low-traffic.test", alarm_test_error_rate_low_traffic),
    FILE("alarms/error-rate.json", alarm_error_rate),
    FILE("alarms/latency-low-traffic.json", alarm_latency_low_traffic),
    FILE("alarms/latency-low-traffic.test", alarm_test_latency_low_traffic),
    FILE("alarms/error-rate.test", alarm_test_error_rate),
    FILE("alarms/latency-p99.json", alarm_latency_p99),
    FILE("alarms/latency-p99.test", alarm_test_latency_p99),
    FILE("alarms/month-cost.json", alarm_month_cost),
    FILE("alarms/month-cost.test", alarm_test_month_cost),
    FILE("alarms/server-errors.json", alarm_server_errors),
    FILE("alarms/server-errors.test", alarm_test_server_errors),
    FILE("docs/runbooks/budget.md", runbook_budget),
    FILE("docs/runbooks/dead-letters.md", runbook_dead_letters),
    FILE("docs/runbooks/error-rate-low-traffic.md", runbook_error_rate_low_traffic),
    FILE("docs/runbooks/error-rate.md", runbook_error_rate),
    FILE("docs/runbooks/latency-low-traffic.md", runbook_latency_low_traffic),
    FILE("docs/runbooks/latency-p99.md", runbook_latency_p99),
    FILE("docs/runbooks/month-cost.md", runbook_month_cost),
    FILE("docs/runbooks/restore.md", runbook_restore),
    FILE("docs/runbooks/server-errors.md", runbook_server_errors),
    FILE("migrations/0001-initial.sql", migration_0001),
    FILE("migrations/0002-blocks.sql", migration_0002),
    FILE("migrations/0003-alarms.sql", migration_0003),
    FILE("migrations/0004-budgets.sql", migration_0004),
    FILE("migrations/0005-access-keys.sql", migration_0005),
    FILE("migrations/0006-dead-letters.sql", migration_0006),
    FILE("migrations/0007-retention.sql", migration_0007),
    FILE("migrations/0008-sources.sql", migration_0008),
    FILE("migrations/0009-restoration.sql", migration_0009),
    FILE("prices/arns.csv", prices_arns),
    FILE("prices/bedrock.csv", prices_bedrock),
};

const struct purser_embedded_file *purser_embedded_files(void) {
    return files;
}

size_t purser_embedded_file_count(void) {
    return sizeof files / sizeof files[0];
}
