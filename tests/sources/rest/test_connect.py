"""Workers of Kafka Connect as tables, over HTTP on loopback."""

import asyncio
import contextlib
import time

import pytest

from kdiag.pipeline_sections import (
    ConnectorConfigs,
    Connectors,
    ConnectorTasks,
    ConnectPlugins,
    ConnectWorkers,
)
from kdiag.sources.rest.connect import read_connect
from tests.sources.rest.connecting import connector, worker
from tests.sources.rest.serving import PAGE, asking, server, serving

TRACE = (
    "org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler\n"
    "\tat org.apache.kafka.connect.runtime.X.y(X.java:1)\n"
    "Caused by: org.apache.kafka.connect.errors.DataException: Converting byte[]\n"
    "\tat a.b(C.java:2)\n"
    "Caused by: com.fasterxml.jackson.core.JsonParseException: Unrecognized token 'not'\n"
    "\t... 9 more\n"
)


def read(*answers, how=None, cluster_id="abc"):
    """What workers that answer so make, and the services."""
    with contextlib.ExitStack() as open_:
        services = [open_.enter_context(serving(each)) for each in answers]
        servers = [server(service.url) for service in services]
        made = asyncio.run(read_connect(servers, how or asking(), cluster_id))
        return made, services


def rows(made, section):
    return made[section].rows.to_dict("records")


def test_connectors_tasks_and_settings_are_tables():
    sink = connector(
        "s3",
        {"topics": "orders", "password": "hush"},
        tasks=("RUNNING", "FAILED"),
        traces={1: TRACE},
        version="4.3.1",
    )

    made, [one] = read(worker([sink]))

    [found] = rows(made, Connectors)
    assert (found["connector"], found["type"], found["state"]) == ("s3", "sink", "RUNNING")
    assert (found["worker"], found["version"], found["task_count"]) == ("w1:8083", "4.3.1", 2)
    assert found["trace"] is None
    first, second = rows(made, ConnectorTasks)
    assert (first["state"], first["trace"], first["root"]) == ("RUNNING", None, None)
    assert second["trace"] == TRACE.splitlines()[0]
    assert second["root"] == (
        "com.fasterxml.jackson.core.JsonParseException: Unrecognized token 'not'"
    )
    settings = {row["key"]: row for row in rows(made, ConnectorConfigs)}
    assert settings["topics"]["value"] == "orders"
    assert settings["password"]["value"] is None
    assert settings["password"]["is_literal"]
    [about] = rows(made, ConnectWorkers)
    assert (about["url"], about["version"], about["connectors_count"]) == (one.url, "4.4.0", 1)
    assert rows(made, ConnectPlugins) == [
        {"url": one.url, "class_name": "a.Sink", "type": "sink", "version": "1.0"}
    ]


def test_no_password_is_anywhere_in_the_sections():
    odd = {
        "database.password": "hush",
        "camel.sink.url": "aws2-s3://b?accessKey=hush&secretKey=RAW(hush)",
        "connection.url": "jdbc:postgresql://me:hush@db/x",
        "anything.else": "hush",
        "topics": "a",
        "heartbeat.action.query": "alter role x password 'hush'",
    }
    failed = connector("a", odd, tasks=("FAILED",), traces={0: "X: at jdbc://me:hush@db/x"})

    made, _ = read(worker([failed]))

    for section in made.values():
        assert "hush" not in section.rows.to_csv()


def test_workers_of_one_cluster_are_one_picture_with_what_differs():
    here = connector("a", {"topics": "x"}, worker="w1:8083")
    there = connector("a", {"topics": "y"}, worker="w1:8083")
    other = connector("b", worker="w9:8083")

    made, [one, two, three] = read(worker([here]), worker([there]), worker([other]))

    first, second = sorted(rows(made, Connectors), key=lambda row: row["connector"])
    assert first["connect_cluster"] == min(one.url, two.url)
    assert first["differs_on"] == (two.url,)
    assert (second["connector"], second["connect_cluster"]) == ("b", three.url)
    assert second["differs_on"] == ()
    assert {row["connect_cluster"] for row in rows(made, ConnectWorkers)} == {
        min(one.url, two.url),
        three.url,
    }


def test_a_worker_that_starts_is_starting():
    made, [one] = read(dict.fromkeys(("/", "/connectors", "/connector-plugins"), (404, PAGE)))

    assert len(made[Connectors]) == 0
    assert (
        "is starting (HTTP 404 and a web page)"
        in made[Connectors].errors[f"worker {one.url}"].reason
    )


def test_a_dead_worker_costs_nothing_but_itself():
    made, [good, dead] = read(worker([connector("a")]), {"/": (500, b"")})

    assert [row["connector"] for row in rows(made, Connectors)] == ["a"]
    assert set(made[Connectors].errors) == {f"worker {dead.url}"}
    assert [row["url"] for row in rows(made, ConnectWorkers)] == [good.url]


def test_plugins_that_cannot_be_listed_cost_only_these():
    answers = {**worker([connector("a")]), "/connector-plugins": (403, b"")}

    made, [one] = read(answers)

    assert len(made[Connectors]) == 1
    assert made[Connectors].errors == {}
    assert made[ConnectPlugins].errors[f"worker {one.url}"].grant == "credentials in [connect]"


def test_a_worker_of_another_kafka_cluster_is_told_apart():
    made, [one] = read(worker([connector("a")], cluster_id="other"))

    assert len(made[Connectors]) == 0
    reason = made[Connectors].errors[f"worker {one.url}"].reason
    assert "works for another Kafka cluster, other" in reason


def test_a_plugin_without_a_version_has_none():
    plugins = [("a.Sink", "sink", None), ("b.Sink", "sink", "null"), ("c.Sink", "sink", "1")]

    made, _ = read(worker(plugins=plugins))

    assert [row["version"] for row in rows(made, ConnectPlugins)] == [None, None, "1"]


@pytest.mark.parametrize(
    "answer",
    [
        [],
        "x",
        {"a": {}},
        {"a": {"info": []}},
        {"a": {"info": {"config": {"k": 1}}}},
        {"a": {"info": {"config": {}}, "status": {"tasks": [{"id": "x"}]}}},
        {"a": {"info": {"config": {}}, "status": {"connector": {"state": 7}}}},
        {"a": {"info": {"config": {}}, "status": {"connector": "x"}}},
        {"a": {"info": {"config": {}}, "status": {"tasks": [7]}}},
    ],
)
def test_what_connect_does_not_say_costs_the_worker(answer):
    made, [one] = read({**worker(), "/connectors": (200, answer)})

    assert "is not Kafka Connect" in made[Connectors].errors[f"worker {one.url}"].reason


def test_many_connectors_on_three_workers_are_three_requests_each():
    connectors = [
        connector(f"c{n}", {f"k{i}": "v" for i in range(30)}, tasks=("RUNNING",) * 5)
        for n in range(200)
    ]
    how = asking()

    started = time.monotonic()
    made, services = read(*[worker(connectors)] * 3, how=how)
    seconds = time.monotonic() - started

    assert [len(service.asked) for service in services] == [3, 3, 3]
    assert sum(how.requests.values()) == 9
    assert len(made[Connectors]) == 200
    assert len(made[ConnectorTasks]) == 1000
    assert seconds < 5  # one second where nothing else runs: see bench


def test_workers_of_two_clusters_may_call_themselves_alike():
    one, other = (
        worker([connector(name, worker="localhost:8083")]) for name in ("orders", "shipments")
    )

    made, services = read(one, other)

    assert {row["connect_cluster"] for row in rows(made, ConnectWorkers)} == {
        service.url for service in services
    }


def test_a_number_that_no_column_takes_costs_the_worker():
    odd = connector("odd")
    odd["status"]["tasks"] = [{"id": 2**70, "state": "RUNNING", "worker_id": "w"}]

    made, _ = read(worker([connector("ok")]), worker([odd]))

    assert [row["connector"] for row in rows(made, Connectors)] == ["ok"]
    [why] = made[Connectors].errors.values()
    assert "id is of the wrong kind" in why.reason


def test_strange_but_legal_connectors_are_tables():
    names = ["a/b", "\u00fc \u00f1", "a b", "..", ".", "x" * 3000, "tab\tnl\n", "\x1b[31mred"]
    stopped = connector("stopped", connector="STOPPED", tasks=())
    gaps = connector("gaps", tasks=("RUNNING", "PAUSED", "RESTARTING"))
    gaps["status"]["tasks"][0]["id"] = 7
    bare = connector("bare")
    del bare["status"]

    made, _ = read(worker([*map(connector, names), stopped, gaps, bare]))

    states = {row["connector"]: row["state"] for row in rows(made, Connectors)}
    assert set(states) == {*names, "stopped", "gaps", "bare"}
    assert (states["stopped"], states["bare"]) == ("STOPPED", None)
    numbers = [row["task"] for row in rows(made, ConnectorTasks) if row["connector"] == "gaps"]
    assert numbers == [1, 2, 7]
    assert not made[Connectors].errors
