"""ksqlDB's answers as tables, over HTTP on loopback: made from its documentation and classes."""

import asyncio
import contextlib
from datetime import UTC, datetime

import pandas
import pytest

from kdiag.pipeline_sections import KsqlQueries, KsqlServers
from kdiag.sources.rest.allowlist import QUERIES, QUERY_ERRORS, as_body
from kdiag.sources.rest.ksqldb import read_ksqldb
from kdiag.wire.allowlist import SendRefused
from tests.sources.rest.serving import asking, send, server, serving

SHOW, SHOW_ALL = as_body(QUERIES).decode(), as_body(QUERY_ERRORS).decode()
AT = 1_596_644_936_314


def running(name, counts, topics=("TOTALS",), kind="PERSISTENT"):
    """A query as SHOW QUERIES has it."""
    return {
        "queryString": "CREATE TABLE TOTALS AS SELECT SECRET FROM ORDERS;",
        "sinks": ["TOTALS"],
        "sinkKafkaTopics": list(topics),
        "id": name,
        "statusCount": counts,
        "queryType": kind,
        "state": "ERROR" if "ERROR" in counts else "RUNNING",
    }


def described(name, *errors, **more):
    """A query as SHOW QUERIES EXTENDED has it."""
    return {
        "id": name,
        "statementText": "CREATE TABLE TOTALS AS SELECT SECRET FROM ORDERS;",
        "windowType": None,
        "fields": [],
        "sources": ["ORDERS"],
        "sinks": ["TOTALS"],
        "topology": "Topologies:",
        "executionPlan": " > [ SINK ]",
        "overriddenProperties": {},
        "ksqlHostQueryStatus": {"ksql-1:8088": "ERROR"},
        "queryType": "PERSISTENT",
        "queryErrors": list(errors),
        "tasksMetadata": [],
        "state": "ERROR",
        **more,
    }


def ksqldb(*queries, extended=(), service="default_", cluster="cluster-1", **more):
    """What a server answers."""
    info = {"version": "0.29.0", "kafkaClusterId": cluster, "ksqlServiceId": service}
    well = {"isHealthy": True}
    parts = {"metastore": well, "kafka": well, "commandRunner": well}
    return {
        "/info": (200, {"KsqlServerInfo": {**info, "serverStatus": "RUNNING"}}),
        "/healthcheck": (200, {"isHealthy": True, "details": parts, "serverState": "READY"}),
        f"/ksql {SHOW}": (200, [entity("queries", "queries", queries)]),
        f"/ksql {SHOW_ALL}": (
            200,
            [entity("query_descriptions", "queryDescriptions", extended)],
        ),
        **more,
    }


def entity(kind, name, what, *warnings):
    """What a statement is answered with."""
    told = [{"message": each} for each in warnings]
    return {"@type": kind, "statementText": "show", name: list(what), "warnings": told}


def read(*answers, cluster_id="cluster-1"):
    """What servers that answer so make, and the services."""
    with contextlib.ExitStack() as open_:
        services = [open_.enter_context(serving(each)) for each in answers]
        servers = [server(service.url, "ksqlDB") for service in services]
        made = asyncio.run(read_ksqldb(servers, asking(), cluster_id))
    return made[KsqlServers], made[KsqlQueries], services


def rows(table):
    return getattr(table, "rows", table).to_dict("records")


def test_servers_and_queries_are_tables():
    servers, queries, [one] = read(ksqldb(running("CTAS_TOTALS_7", {"RUNNING": 2})))

    assert servers.rows["dead_since"].isna().all()
    assert rows(servers.rows.drop(columns="dead_since")) == [
        {
            "url": one.url,
            "service_id": "default_",
            "version": "0.29.0",
            "status": "RUNNING",
            "unhealthy": "",
            "warning": None,
            "dead_hosts": (),
        }
    ]
    [row] = rows(queries)
    assert (row["query"], row["state"], row["running_count"]) == ("CTAS_TOTALS_7", "RUNNING", 2)
    assert row["error_count"] == row["unresponsive_count"] == row["paused_count"] == 0
    assert row["sink_topics"] == ("TOTALS",)
    assert row["group"] == "_confluent-ksql-default_query_CTAS_TOTALS_7"
    assert "SECRET" not in str(row)


def test_errors_are_asked_for_where_there_is_one():
    first, last = (
        {"timestamp": AT + late, "errorMessage": f"{text}\n\tat X", "type": "USER"}
        for late, text in ((0, "old"), (5000, "no topic; password=hunter22"))
    )

    _, queries, [one] = read(
        ksqldb(
            running("A_1", {"RUNNING": 1}),
            running("B_2", {"ERROR": 1, "RUNNING": 1}),
            extended=[described("B_2", last, first, consumerGroupId="own-group")],
        )
    )

    fine, bad = rows(queries)
    assert (fine["state"], fine["error"]) == ("RUNNING", None)
    assert (bad["state"], bad["error_type"], bad["group"]) == ("ERROR", "USER", "own-group")
    assert bad["error_at"] == datetime.fromtimestamp((AT + 5000) / 1000, UTC)
    assert bad["error"].startswith("no topic")
    assert "hunter22" not in bad["error"]
    assert sum("EXTENDED" in asked for asked in one.asked) == 1


def test_what_is_at_the_bottom_of_an_error_and_since_when_it_fails_is_told():
    minutes = [0, 300, 315, 330]
    trace = "StreamsException: task 0_0\n\tat X\nCaused by: NotFound: token=abcdef0123456789\n"
    errors = [
        {"timestamp": AT + 60_000 * late, "errorMessage": trace, "type": "SYSTEM"}
        for late in minutes
    ]

    _, queries, _ = read(ksqldb(running("A_1", {"ERROR": 1}), extended=[described("A_1", *errors)]))

    [row] = rows(queries)
    assert row["error"] == "StreamsException: task 0_0"
    assert row["root"].startswith("NotFound")
    assert "abcdef0123456789" not in row["root"]
    assert row["failing_since"] == datetime.fromtimestamp(AT / 1000 + 300 * 60, UTC)
    assert row["error_at"] == datetime.fromtimestamp(AT / 1000 + 330 * 60, UTC)
    assert row["error_hosts"] == ("ksql-1:8088",)
    assert row["unresponsive_hosts"] == ()


def test_servers_that_do_not_answer_the_others_are_named():
    hosts = {"ksql-1:8088": "RUNNING", "ksql-2:8088": "UNRESPONSIVE"}

    _, queries, _ = read(
        ksqldb(
            running("A_1", {"RUNNING": 1, "UNRESPONSIVE": 1}),
            extended=[described("A_1", ksqlHostQueryStatus=hosts)],
        )
    )

    [row] = rows(queries)
    assert (row["state"], row["unresponsive_hosts"]) == ("UNRESPONSIVE", ("ksql-2:8088",))
    assert (row["error"], row["error_hosts"]) == (None, ())


def test_healthy_servers_are_asked_four_requests():
    _, _, [one] = read(ksqldb(running("A_1", {"RUNNING": 1}), running("B_2", {"PAUSED": 1})))

    assert len(one.asked) == 4


@pytest.mark.parametrize("answer", [(500, {}), (200, [{}]), (200, "odd"), (413, b"")])
def test_a_state_counts_without_its_error(answer):
    failed = ksqldb(running("A_1", {"ERROR": 1}), **{f"/ksql {SHOW_ALL}": answer})

    _, queries, _ = read(failed)

    [row] = rows(queries)
    assert (row["state"], row["error"]) == ("ERROR", None)
    assert not queries.errors


@pytest.mark.parametrize("at", [0, -1, 10**18, 10**30])
def test_a_time_that_is_none_is_not_known(at):
    error = {"timestamp": at, "errorMessage": "x", "type": "SYSTEM"}

    _, queries, _ = read(ksqldb(running("A_1", {"ERROR": 1}), extended=[described("A_1", error)]))

    [row] = rows(queries)
    assert row["error"] == "x"
    assert row["error_at"] != row["error_at"]


def test_queries_of_clients_are_passed_over():
    _, queries, _ = read(ksqldb(running("transient_X_1", {"ERROR": 1}, kind="PUSH")))

    assert not len(queries)
    assert not queries.errors


def test_older_servers_tell_one_state():
    older = {"id": "CSAS_A_0", "queryString": "…", "sinks": ["A"], "state": "RUNNING"}

    _, queries, _ = read(ksqldb(older))

    [row] = rows(queries)
    assert row["state"] == "RUNNING"
    assert pandas.isna(row["running_count"])


def test_servers_of_one_cluster_make_one_picture_the_worst():
    well = ksqldb(running("A_1", {"RUNNING": 2}))
    lonely = ksqldb(running("A_1", {"RUNNING": 1, "UNRESPONSIVE": 1}))
    other = ksqldb(running("A_1", {"RUNNING": 1}), service="other_")

    servers, queries, [_, second, third] = read(well, lonely, other)

    assert len(servers) == 3
    assert {(row["service_id"], row["state"], row["url"]) for row in rows(queries)} == {
        ("default_", "UNRESPONSIVE", second.url),
        ("other_", "RUNNING", third.url),
    }


def failing(host, *errors):
    """A server on which the query fails, and which therefore knows of no other server."""
    return ksqldb(
        running("A_1", {"ERROR": 1}),
        extended=[described("A_1", *errors, ksqlHostQueryStatus={host: "ERROR"})],
    )


def test_servers_that_know_of_no_other_are_put_together():
    """A server knows the others by the queries that run on it, and tells only errors of its own."""
    early, late = (
        {"timestamp": AT + later, "errorMessage": text, "type": "SYSTEM"}
        for later, text in ((0, "early"), (9, "late"))
    )
    runs = ksqldb(running("A_1", {"RUNNING": 1}))

    _, queries, [_, _, third, _] = read(
        runs, failing("ksql-2:8088", early), failing("ksql-3:8088", late), failing("ksql-4:8088")
    )

    [row] = rows(queries)
    assert (row["state"], row["running_count"], row["error_count"]) == ("ERROR", 1, 3)
    assert row["error_hosts"] == ("ksql-2:8088", "ksql-3:8088", "ksql-4:8088")
    assert (row["error"], row["url"]) == ("late", third.url)


def test_a_server_says_with_each_answer_that_it_runs_no_statements_any_more():
    text = "The command topic is damaged.\nRestore it, and restart the server."
    degraded = {"version": "7.6.0", "kafkaClusterId": "cluster-1", "ksqlServiceId": "default_"}

    servers, queries, _ = read(
        ksqldb(
            **{
                "/info": (200, {"KsqlServerInfo": {**degraded, "serverStatus": "DEGRADED"}}),
                f"/ksql {SHOW}": (200, [entity("queries", "queries", (), text)]),
            }
        )
    )

    [row] = rows(servers)
    assert (row["status"], row["warning"]) == ("DEGRADED", "The command topic is damaged.")
    assert not queries.errors


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((500, b"{}"), "HTTP 500"),
        ((403, b"{}"), "refuses us"),
        ((200, {"isHealthy": True}), "there is no details"),
        ((200, {"isHealthy": True, "details": {"kafka": {}}}), "there is no isHealthy"),
        ((200, b"<html>"), "not do so in JSON"),
    ],
)
def test_health_that_could_not_be_read_is_not_known(answer, words):
    servers, queries, [one] = read(ksqldb(**{"/healthcheck": answer}))

    assert [row["unhealthy"] for row in rows(servers)] == [None]
    assert words in servers.errors[f"endpoint {one.url}/healthcheck"].reason
    assert not queries.errors


def test_a_server_that_is_ill_and_does_not_say_where_is_ill():
    servers, _, _ = read(ksqldb(**{"/healthcheck": (200, {"isHealthy": False, "details": {}})}))

    assert [row["unhealthy"] for row in rows(servers)] == ["other parts"]


def test_what_a_server_finds_ill_is_told_and_what_it_does_not_tell_is_not_known():
    parts = {"kafka": {"isHealthy": True}, "commandRunner": {"isHealthy": False}}
    ill = ksqldb(**{"/healthcheck": (200, {"isHealthy": False, "details": parts})})
    older = ksqldb(**{"/healthcheck": (404, b"{}")})

    servers, _, _ = read(ill, older)

    assert [row["unhealthy"] for row in rows(servers)] == ["commandRunner", None]
    assert not servers.errors


def hosts(**alive):
    """What /clusterStatus tells, as ClusterStatusResponse has it."""
    told = {
        f"{name}:8088": {
            "hostAlive": is_alive,
            "lastStatusUpdateMs": AT,
            "activeStandbyPerQuery": {},
            "hostStoreLags": {"stateStoreLags": {}, "updateTimeMs": 0},
        }
        for name, is_alive in alive.items()
    }
    return {"/clusterStatus": (200, {"clusterStatus": told})}


def test_hosts_without_a_heartbeat_are_told():
    servers, _, _ = read(ksqldb(**hosts(ksql1=True, ksql2=False)), ksqldb(**hosts(ksql1=True)))

    first, second = rows(servers)
    assert not servers.errors
    assert (first["dead_hosts"], second["dead_hosts"]) == (("ksql2:8088",), ())
    assert first["dead_since"] == pandas.Timestamp(AT, unit="ms", tz="UTC")
    assert second["dead_since"] is None or second["dead_since"] is pandas.NaT


@pytest.mark.parametrize(
    ("answer", "is_told"),
    [
        ((404, b"<html>Not Found</html>"), True),
        ((405, b"{}"), True),
        ((500, b"{}"), False),
        ((200, b"<html>"), False),
        ((200, {"clusterStatus": {"a:1": {"hostAlive": "yes"}}}), False),
        ((200, {"clusterStatus": []}), False),
    ],
)
def test_heartbeats_that_are_off_are_no_fault_and_what_is_odd_is_not_known(answer, is_told):
    servers, _, [one] = read(ksqldb(**{"/clusterStatus": answer}))

    assert [row["dead_hosts"] for row in rows(servers)] == [()]
    assert list(servers.errors) == [f"endpoint {one.url}/clusterStatus"] * (not is_told)


NOT_READY = {"error_code": 50302, "message": "KSQL is not yet ready to serve requests."}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"/info": (503, NOT_READY)}, "it is starting, or shutting down"),
        ({f"/ksql {SHOW}": (503, NOT_READY)}, "it is starting, or shutting down"),
        ({"/info": (404, b"<html>")}, "HTTP 404: a web page"),
        ({"/info": (200, {"version": "7"})}, "is not ksqlDB"),
        ({f"/ksql {SHOW}": (200, [])}, "is not ksqlDB"),
        ({f"/ksql {SHOW}": (200, [{"queries": [{"id": 7}]}])}, "is not ksqlDB"),
        ({f"/ksql {SHOW}": (401, b"{}")}, "HTTP 401"),
        ({f"/ksql {SHOW}": (400, {"message": "no\nno"})}, "HTTP 400: no"),
    ],
)
def test_one_that_fails_costs_its_part(more, words):
    servers, queries, [bad, good] = read(ksqldb(**more), ksqldb(running("A_1", {"RUNNING": 1})))

    assert [row["url"] for row in rows(servers)] == [good.url]
    assert list(queries.errors) == [f"endpoint {bad.url}"]
    assert words in queries.errors[f"endpoint {bad.url}"].reason


def test_one_of_another_kafka_cluster_is_an_error():
    servers, _, [one] = read(ksqldb(cluster="cluster-2"))

    assert "works for another Kafka cluster" in servers.errors[f"endpoint {one.url}"].reason


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/ksql", as_body({"ksql": f"{statement};", "streamsProperties": {}}))
        for statement in (
            "CREATE STREAM A AS SELECT * FROM B",
            "DROP STREAM A",
            "TERMINATE ALL",
            "SELECT * FROM A EMIT CHANGES",
            "PRINT 'orders' FROM BEGINNING",
            "RUN SCRIPT '/x'",
            "ALTER SYSTEM 'a'='b'",
            "show queries",
            "SHOW QUERIES EXTENDED; TERMINATE ALL",
            "PAUSE ALL",
            "INSERT INTO A VALUES (1)",
            "SET 'auto.offset.reset'='earliest'",
            "SHOW QUERIES; DROP STREAM A",
            "SHOW QUERIES; ",
        )
    ]
    + [
        ("POST", "/ksql", b""),
        ("POST", "/query", as_body(QUERIES)),
        ("POST", "/query-stream", as_body(QUERIES)),
        ("POST", "/ksql/terminate", as_body(QUERIES)),
        ("POST", "/ksql/../ksql/terminate", as_body(QUERIES)),
        ("GET", "/info", as_body(QUERIES)),
        ("DELETE", "/info", b""),
    ],
)
def test_nothing_but_two_statements_becomes_bytes(method, path, body):
    with serving({}) as service:
        with pytest.raises(SendRefused):
            send(server(service.url, "ksqlDB"), method, path, body=body)

        assert service.asked == []
