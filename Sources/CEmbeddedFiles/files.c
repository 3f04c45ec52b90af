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

static const unsigned char alarm_budget_used_up[] = {
#embed "../../alarms/budget-used-up.json"
};

static const unsigned char alarm_test_budget_used_up[] = {
#embed "../../alarms/budget-used-up.test"
};

static const unsigned char alarm_budget[] = {
#embed "../../alarms/budget.json"
};

static const unsigned char alarm_cache_write_trap[] = {
#embed "../../alarms/cache-write-trap.json"
};

static const unsigned char alarm_test_cache_write_trap[] = {
#embed "../../alarms/cache-write-trap.test"
};

static const unsigned char alarm_chat_errors[] = {
#embed "../../alarms/chat-errors.json"
};

static const unsigned char alarm_test_chat_errors[] = {
#embed "../../alarms/chat-errors.test"
};

static const unsigned char alarm_chat_latency[] = {
#embed "../../alarms/chat-latency.json"
};

static const unsigned char alarm_test_chat_latency[] = {
#embed "../../alarms/chat-latency.test"
};

static const unsigned char alarm_chat_refusals[] = {
#embed "../../alarms/chat-refusals.json"
};

static const unsigned char alarm_test_chat_refusals[] = {
#embed "../../alarms/chat-refusals.test"
};

static const unsigned char alarm_cost_anomaly[] = {
#embed "../../alarms/cost-anomaly.json"
};

static const unsigned char alarm_test_cost_anomaly[] = {
#embed "../../alarms/cost-anomaly.test"
};

static const unsigned char alarm_dead_letters[] = {
#embed "../../alarms/dead-letters.json"
};

static const unsigned char alarm_test_dead_letters[] = {
#embed "../../alarms/dead-letters.test"
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

static const unsigned char alarm_test_error_rate[] = {
#embed "../../alarms/error-rate.test"
};

static const unsigned char alarm_latency_low_traffic[] = {
#embed "../../alarms/latency-low-traffic.json"
};

static const unsigned char alarm_test_latency_low_traffic[] = {
#embed "../../alarms/latency-low-traffic.test"
};

static const unsigned char alarm_latency_p99[] = {
#embed "../../alarms/latency-p99.json"
};

static const unsigned char alarm_test_latency_p99[] = {
#embed "../../alarms/latency-p99.test"
};

static const unsigned char alarm_ledger_unwritable[] = {
#embed "../../alarms/ledger-unwritable.json"
};

static const unsigned char alarm_test_ledger_unwritable[] = {
#embed "../../alarms/ledger-unwritable.test"
};

static const unsigned char alarm_month_cost[] = {
#embed "../../alarms/month-cost.json"
};

static const unsigned char alarm_test_month_cost[] = {
#embed "../../alarms/month-cost.test"
};

static const unsigned char alarm_quota_80_percent[] = {
#embed "../../alarms/quota-80-percent.json"
};

static const unsigned char alarm_test_quota_80_percent[] = {
#embed "../../alarms/quota-80-percent.test"
};

static const unsigned char alarm_quota_used_up[] = {
#embed "../../alarms/quota-used-up.json"
};

static const unsigned char alarm_test_quota_used_up[] = {
#embed "../../alarms/quota-used-up.test"
};

static const unsigned char alarm_refused_requests_low_traffic[] = {
#embed "../../alarms/refused-requests-low-traffic.json"
};

static const unsigned char alarm_test_refused_requests_low_traffic[] = {
#embed "../../alarms/refused-requests-low-traffic.test"
};

static const unsigned char alarm_refused_requests[] = {
#embed "../../alarms/refused-requests.json"
};

static const unsigned char alarm_test_refused_requests[] = {
#embed "../../alarms/refused-requests.test"
};

static const unsigned char alarm_server_errors[] = {
#embed "../../alarms/server-errors.json"
};

static const unsigned char alarm_test_server_errors[] = {
#embed "../../alarms/server-errors.test"
};

static const unsigned char alarm_tpm_quota_80_percent[] = {
#embed "../../alarms/tpm-quota-80-percent.json"
};

static const unsigned char alarm_test_tpm_quota_80_percent[] = {
#embed "../../alarms/tpm-quota-80-percent.test"
};

static const unsigned char alarm_unpriced_requests[] = {
#embed "../../alarms/unpriced-requests.json"
};

static const unsigned char alarm_test_unpriced_requests[] = {
#embed "../../alarms/unpriced-requests.test"
};

static const unsigned char dashboard_chat[] = {
#embed "../../dashboards/chat.json"
};

static const unsigned char runbook_budget[] = {
#embed "../../docs/runbooks/budget.md"
};

static const unsigned char runbook_cache_write_trap[] = {
#embed "../../docs/runbooks/cache-write-trap.md"
};

static const unsigned char runbook_chat_refusals[] = {
#embed "../../docs/runbooks/chat-refusals.md"
};

static const unsigned char runbook_cost_anomaly[] = {
#embed "../../docs/runbooks/cost-anomaly.md"
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

static const unsigned char runbook_ledger_unwritable[] = {
#embed "../../docs/runbooks/ledger-unwritable.md"
};

static const unsigned char runbook_month_cost[] = {
#embed "../../docs/runbooks/month-cost.md"
};

static const unsigned char runbook_quota[] = {
#embed "../../docs/runbooks/quota.md"
};

static const unsigned char runbook_restore[] = {
#embed "../../docs/runbooks/restore.md"
};

static const unsigned char runbook_server_errors[] = {
#embed "../../docs/runbooks/server-errors.md"
};

static const unsigned char runbook_tpm_quota[] = {
#embed "../../docs/runbooks/tpm-quota.md"
};

static const unsigned char migration_0010[] = {
#embed "../../migrations/0010-verdict.sql"
};

static const unsigned char migration_0011[] = {
#embed "../../migrations/0011-mutes.sql"
};

static const unsigned char migration_0012[] = {
#embed "../../migrations/0012-heartbeats.sql"
};

static const unsigned char migration_0013[] = {
#embed "../../migrations/0013-marks.sql"
};

static const unsigned char migration_0014[] = {
#embed "../../migrations/0014-worst.sql"
};

static const unsigned char migration_0015[] = {
#embed "../../migrations/0015-cost-keys.sql"
};

static const unsigned char migration_0016[] = {
#embed "../../migrations/0016-budget-windows.sql"
};
static const unsigned char migration_0017[] = {
#embed "../../migrations/0017-ledger-days.sql"
};
static const unsigned char migration_0018[] = {
#embed "../../migrations/0018-closed-months.sql"
};
static const unsigned char migration_0019[] = {
#embed "../../migrations/0019-budget-forecasts.sql"
};
static const unsigned char migration_0020[] = {
#embed "../../migrations/0020-reconciliation.sql"
};

static const unsigned char migration_0021[] = {
#embed "../../migrations/0021-users-by-month.sql"
};

static const unsigned char prices_arns[] = {
#embed "../../prices/arns.csv"
};

static const unsigned char prices_bedrock[] = {
#embed "../../prices/bedrock.csv"
};

static const unsigned char prices_offers[] = {
#embed "../../prices/offers.csv"
};

static const unsigned char prices_quotas[] = {
#embed "../../prices/quotas.csv"
};

static const unsigned char prices_services[] = {
#embed "../../prices/services.csv"
};

#define FILE(path, bytes) {path, bytes, sizeof bytes}

static const struct purser_embedded_file files[] = {
    FILE("alarms/budget-used-up.json", alarm_budget_used_up),
    FILE("alarms/budget-used-up.test", alarm_test_budget_used_up),
    FILE("alarms/budget.json", alarm_budget),
    FILE("alarms/cache-write-trap.json", alarm_cache_write_trap),
    FILE("alarms/cache-write-trap.test", alarm_test_cache_write_trap),
    FILE("alarms/chat-errors.json", alarm_chat_errors),
    FILE("alarms/chat-errors.test", alarm_test_chat_errors),
    FILE("alarms/chat-latency.json", alarm_chat_latency),
    FILE("alarms/chat-latency.test", alarm_test_chat_latency),
    FILE("alarms/chat-refusals.json", alarm_chat_refusals),
    FILE("alarms/chat-refusals.test", alarm_test_chat_refusals),
    FILE("alarms/cost-anomaly.json", alarm_cost_anomaly),
    FILE("alarms/cost-anomaly.test", alarm_test_cost_anomaly),
    FILE("alarms/dead-letters.json", alarm_dead_letters),
    FILE("alarms/dead-letters.test", alarm_test_dead_letters),
    FILE("alarms/error-rate-low-traffic.json", alarm_error_rate_low_traffic),
    FILE("alarms/error-rate-low-traffic.test", alarm_test_error_rate_low_traffic),
    FILE("alarms/error-rate.json", alarm_error_rate),
    FILE("alarms/error-rate.test", alarm_test_error_rate),
    FILE("alarms/latency-low-traffic.json", alarm_latency_low_traffic),
    FILE("alarms/latency-low-traffic.test", alarm_test_latency_low_traffic),
    FILE("alarms/latency-p99.json", alarm_latency_p99),
    FILE("alarms/latency-p99.test", alarm_test_latency_p99),
    FILE("alarms/ledger-unwritable.json", alarm_ledger_unwritable),
    FILE("alarms/ledger-unwritable.test", alarm_test_ledger_unwritable),
    FILE("alarms/month-cost.json", alarm_month_cost),
    FILE("alarms/month-cost.test", alarm_test_month_cost),
    FILE("alarms/quota-80-percent.json", alarm_quota_80_percent),
    FILE("alarms/quota-80-percent.test", alarm_test_quota_80_percent),
    FILE("alarms/quota-used-up.json", alarm_quota_used_up),
    FILE("alarms/quota-used-up.test", alarm_test_quota_used_up),
    FILE("alarms/refused-requests-low-traffic.json", alarm_refused_requests_low_traffic),
    FILE("alarms/refused-requests-low-traffic.test", alarm_test_refused_requests_low_traffic),
    FILE("alarms/refused-requests.json", alarm_refused_requests),
    FILE("alarms/refused-requests.test", alarm_test_refused_requests),
    FILE("alarms/server-errors.json", alarm_server_errors),
    FILE("alarms/server-errors.test", alarm_test_server_errors),
    FILE("alarms/tpm-quota-80-percent.json", alarm_tpm_quota_80_percent),
    FILE("alarms/tpm-quota-80-percent.test", alarm_test_tpm_quota_80_percent),
    FILE("alarms/unpriced-requests.json", alarm_unpriced_requests),
    FILE("alarms/unpriced-requests.test", alarm_test_unpriced_requests),
    FILE("dashboards/chat.json", dashboard_chat),
    FILE("docs/runbooks/budget.md", runbook_budget),
    FILE("docs/runbooks/cache-write-trap.md", runbook_cache_write_trap),
    FILE("docs/runbooks/chat-refusals.md", runbook_chat_refusals),
    FILE("docs/runbooks/cost-anomaly.md", runbook_cost_anomaly),
    FILE("docs/runbooks/dead-letters.md", runbook_dead_letters),
    FILE("docs/runbooks/error-rate-low-traffic.md", runbook_error_rate_low_traffic),
    FILE("docs/runbooks/error-rate.md", runbook_error_rate),
    FILE("docs/runbooks/latency-low-traffic.md", runbook_latency_low_traffic),
    FILE("docs/runbooks/latency-p99.md", runbook_latency_p99),
    FILE("docs/runbooks/ledger-unwritable.md", runbook_ledger_unwritable),
    FILE("docs/runbooks/month-cost.md", runbook_month_cost),
    FILE("docs/runbooks/quota.md", runbook_quota),
    FILE("docs/runbooks/restore.md", runbook_restore),
    FILE("docs/runbooks/server-errors.md", runbook_server_errors),
    FILE("docs/runbooks/tpm-quota.md", runbook_tpm_quota),
    FILE("migrations/0001-initial.sql", migration_0001),
    FILE("migrations/0002-blocks.sql", migration_0002),
    FILE("migrations/0003-alarms.sql", migration_0003),
    FILE("migrations/0004-budgets.sql", migration_0004),
    FILE("migrations/0005-access-keys.sql", migration_0005),
    FILE("migrations/0006-dead-letters.sql", migration_0006),
    FILE("migrations/0007-retention.sql", migration_0007),
    FILE("migrations/0008-sources.sql", migration_0008),
    FILE("migrations/0009-restoration.sql", migration_0009),
    FILE("migrations/0010-verdict.sql", migration_0010),
    FILE("migrations/0011-mutes.sql", migration_0011),
    FILE("migrations/0012-heartbeats.sql", migration_0012),
    FILE("migrations/0013-marks.sql", migration_0013),
    FILE("migrations/0014-worst.sql", migration_0014),
    FILE("migrations/0015-cost-keys.sql", migration_0015),
    FILE("migrations/0016-budget-windows.sql", migration_0016),
    FILE("migrations/0017-ledger-days.sql", migration_0017),
    FILE("migrations/0018-closed-months.sql", migration_0018),
    FILE("migrations/0019-budget-forecasts.sql", migration_0019),
    FILE("migrations/0020-reconciliation.sql", migration_0020),
    FILE("migrations/0021-users-by-month.sql", migration_0021),
    FILE("prices/arns.csv", prices_arns),
    FILE("prices/bedrock.csv", prices_bedrock),
    FILE("prices/offers.csv", prices_offers),
    FILE("prices/quotas.csv", prices_quotas),
    FILE("prices/services.csv", prices_services),
};

const struct purser_embedded_file *purser_embedded_files(void) {
    return files;
}

size_t purser_embedded_file_count(void) {
    return sizeof files / sizeof files[0];
}
