from kdiag.finding import Finding, Subject, group
from kdiag.fold import Said, fold
from kdiag.snapshot import Missing
from tests.ksqldb_tables import OTHER, URL, ksql_queries, ksql_servers
from tests.tables import ago

FAILED = {"state": "ERROR", "running_count": 0, "error_count": 2}
GROUP = "_confluent-ksql-default_query_CTAS_TOTALS_7"


def said(judge, *rows, servers=None):
    return judge("ksqldb-query-error", servers or ksql_servers(), ksql_queries(*rows))


def test_a_query_in_error_is_the_root_of_the_lag_of_its_group(judge):
    error = {"error": "Topic ORDERS is gone", "error_type": "USER", "error_at": ago(90)}
    more = {"failing_since": ago(900), "error_hosts": ("ksql-1:8088",)}

    [finding] = said(judge, {**FAILED, **error, **more}).findings

    assert finding.subject == Subject.of("query", query="CTAS_TOTALS_7")
    assert finding.symptom == "Query CTAS_TOTALS_7 of ksqlDB is in ERROR (ksql-1:8088)."
    assert "TOTALS gets nothing from it" in finding.impact
    assert finding.cause.startswith("Topic ORDERS is gone ksqlDB takes it for an error of the user")
    assert finding.since == ago(900)
    assert finding.evidence["error_at"] == ago(90)
    assert finding.covers == {group(GROUP)}


def test_the_lag_of_its_group_folds_under_it(judge, registry):
    [found] = said(judge, FAILED).findings
    stuck = Finding("critical", group(GROUP, "ORDERS"), "It is stuck.", "Nothing is read.")

    root = Said(registry.get("ksqldb-query-error"), found)
    symptom = Said(registry.get("stuck-consumer"), stuck)

    assert fold([symptom, root]).roots == {symptom: root}


def test_one_that_runs_elsewhere_covers_nothing(judge):
    [finding] = said(judge, {**FAILED, "running_count": 1, "error_count": 1}).findings

    assert "in ERROR on 1 of 2 servers" in finding.symptom
    assert "TOTALS gets less from it: 1 server has to do the work of all" in finding.impact
    assert finding.covers == frozenset()
    assert finding.cause.startswith("No server that was asked tells why")


def test_what_is_at_the_bottom_of_its_trace_is_told(judge):
    error = {"error": "The task failed", "root": "Topic ORDERS is gone", "error_type": None}

    [finding] = said(judge, {**FAILED, **error}).findings

    assert finding.cause == "The task failed Caused by: Topic ORDERS is gone"


def test_a_release_that_counts_nothing_is_understood(judge):
    counts = dict.fromkeys(("running_count", "error_count", "unresponsive_count"))

    [finding] = said(judge, {**FAILED, **counts}).findings

    assert finding.symptom == "Query CTAS_TOTALS_7 of ksqlDB is in ERROR."


def test_queries_of_one_name_in_two_clusters_are_two(judge):
    found = said(judge, FAILED, {**FAILED, "service_id": "other_"}).findings

    assert [one.subject.get("service_id") for one in found] == ["default_", "other_"]


def test_servers_that_do_not_answer_are_said_once(judge):
    row = {"state": "UNRESPONSIVE", "unresponsive_count": 1}

    [finding] = said(judge, row, {**row, "query": "CSAS_PAID_9"}).findings

    assert finding.subject == Subject.of("endpoint", url=URL)
    assert f"1 server of ksqlDB cluster default_ does not answer {URL}" in finding.symptom
    assert "CSAS_PAID_9, CTAS_TOTALS_7" in finding.impact


def test_a_server_that_does_not_answer_the_others_is_named_with_what_it_told_us(judge):
    row = {"state": "UNRESPONSIVE", "unresponsive_count": 1, "unresponsive_hosts": (OTHER[7:],)}
    starting = {f"endpoint {OTHER}": Missing("HTTP 503: it is starting, or shutting down")}
    queries = ksql_queries(row, errors=starting)

    [finding] = judge("ksqldb-query-error", ksql_servers(errors=starting), queries).findings

    assert finding.symptom.endswith(f"does not answer {URL}: {OTHER[7:]}.")
    assert finding.cause == f"{OTHER[7:]}: HTTP 503: it is starting, or shutting down."


def test_a_server_that_calls_itself_ill_is_named(judge):
    ill = ksql_servers({}, {"url": OTHER, "unhealthy": "commandRunner"})

    [finding] = said(judge, {}, servers=ill).findings

    assert finding.symptom == f"ksqlDB server {OTHER} calls its commandRunner ill."
    assert finding.cause == "What runs its statements hangs, or has stopped."


def test_one_that_is_degraded_is_named_where_health_is_not_told(judge):
    ill = ksql_servers({"status": "DEGRADED", "unhealthy": None})

    [finding] = said(judge, {}, servers=ill).findings

    assert finding.symptom == f"ksqlDB server {URL} calls what runs its statements DEGRADED."
    assert finding.cause.startswith("Its command topic was deleted or changed")
    assert finding.evidence["command_topic"] == "_confluent-ksql-default__command_topic"


def test_what_a_server_says_of_its_command_topic_is_its_cause(judge):
    ill = {"status": "DEGRADED", "unhealthy": "commandRunner, kafka", "warning": "It is damaged."}

    [finding] = said(judge, {}, servers=ksql_servers(ill)).findings

    assert "calls its commandRunner, kafka ill and what runs its statements" in finding.symptom
    assert finding.cause == "It says: It is damaged. It does not reach the brokers."


def test_a_statement_that_takes_long_is_told_as_such(judge):
    [finding] = said(judge, {}, servers=ksql_servers({"status": "ERROR"})).findings

    assert "either may pass" in finding.cause


def test_health_that_could_not_be_read_is_unknown(judge):
    unseen = {f"endpoint {URL}/healthcheck": Missing("ksqlDB did not answer within 5 s")}
    servers = ksql_servers({"unhealthy": None}, errors=unseen)

    one = judge("ksqldb-query-error", servers, ksql_queries({}))

    assert one.status == "unknown"
    assert "did not answer within 5 s" in one.reason


def test_running_paused_and_rebalancing_ones_are_fine(judge):
    paused = {"state": "PAUSED", "running_count": 0, "paused_count": 1}
    older = {"state": "REBALANCING", "running_count": None, "unresponsive_count": None}

    assert said(judge, {}, paused, older).status == "ok"


def test_what_older_servers_do_not_tell_of_themselves_is_no_fault(judge):
    servers = ksql_servers({"status": None, "unhealthy": None})

    assert said(judge, {}, servers=servers).status == "ok"


def test_without_queries_there_is_nothing_to_judge(judge):
    assert said(judge).status == "not_applicable"


def test_a_server_without_queries_may_be_ill_or_not_be_known(judge):
    unseen = {f"endpoint {URL}/healthcheck": Missing("HTTP 403")}

    assert said(judge, servers=ksql_servers({"unhealthy": "kafka"})).status == "problem"
    assert said(judge, servers=ksql_servers(errors=unseen)).status == "unknown"


def test_one_that_cannot_be_asked_is_unknown(judge):
    dead = {f"endpoint {URL}": Missing("ksqlDB is starting")}
    servers = ksql_servers({"url": OTHER}, errors=dead)

    one = judge("ksqldb-query-error", servers, ksql_queries({}, errors=dead))

    assert one.status == "unknown"
    assert "starting" in one.reason


def test_one_that_cannot_be_asked_hides_no_error(judge):
    dead = {f"endpoint {OTHER}": Missing("ksqlDB is starting")}

    one = judge("ksqldb-query-error", ksql_servers(errors=dead), ksql_queries(FAILED, errors=dead))

    assert one.status == "problem"


def test_a_host_without_a_heartbeat_that_no_query_tells_of_is_a_note(judge):
    row = {"dead_hosts": ("10.1.0.9:8088",), "dead_since": ago(600)}
    both = ksql_servers(row, {"url": OTHER})

    [finding] = said(judge, {}, servers=both).findings

    assert (finding.severity, finding.confidence) == ("info", "possible")
    assert finding.symptom == "10.1.0.9:8088 of ksqlDB cluster default_ sends no heartbeat."
    assert finding.subject == Subject.of("endpoint", url=URL)
    assert finding.since == ago(600)


def test_one_that_queries_tell_of_is_said_once(judge):
    row = {"state": "UNRESPONSIVE", "unresponsive_count": 1, "unresponsive_hosts": ("h:8088",)}

    [finding] = said(judge, row, servers=ksql_servers({"dead_hosts": ("h:8088",)})).findings

    assert "UNRESPONSIVE" in finding.symptom or "not answer" in finding.symptom
