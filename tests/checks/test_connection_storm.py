from dataclasses import replace

import pandas

from kdiag.finding import Subject, broker
from kdiag.sections import Facts
from kdiag.snapshot import Missing
from tests.tables import ago, broker_configs, facts

ID = "connection-storm"
LISTENER = Subject.of("listener", broker=1, name="SASL_SSL")
LIMIT = broker_configs({1: {"max.connections": "2147483647"}}, source="default")
CLIENTS = {
    ("client-connections", "librdkafka", "2.3.0", "SASL_SSL", "0"): 150,
    ("client-connections", "apache-kafka-java", "3.6.0", "SASL_SSL", "0"): 50,
}


def samples(created, before=200, now=200, uptime=86_400.0, since_start=10_000):
    """Return two samples, ten seconds apart; connections of a listener of two threads."""

    def told(open_, total, up):
        row = {"start-time": 1_000.0, "uptime": up, ("connections", "PLAINTEXT", "0"): 9}
        for thread in ("0", "1"):
            row["connections", "SASL_SSL", thread] = open_ / 2
            row["connections-created", "SASL_SSL", thread] = total / 2
        return facts({"broker 1": row | CLIENTS}, at=ago(uptime - up))

    return told(now, since_start + created, uptime), told(before, since_start, uptime - 10)


def test_names_the_listener_the_rate_and_the_client_that_holds_most(judge):
    now, then = samples(created=850)

    [finding] = judge(ID, now, LIMIT, earlier=[then]).findings

    assert finding.subject == LISTENER
    assert finding.severity == "warning"
    assert finding.symptom == (
        "Listener SASL_SSL of broker 1 got 85 connections a second, and 200 are open."
    )
    assert finding.evidence["client_software"] == "librdkafka 2.3.0"
    assert finding.evidence["client_ratio"] == 0.75
    assert finding.confidence == "possible"


def test_is_certain_where_it_lasts_since_the_broker_started(judge):
    now, then = samples(created=850, since_start=86_400 * 60)

    [finding] = judge(ID, now, LIMIT, earlier=[then]).findings

    assert finding.confidence == "certain"


def test_clients_that_connect_and_stay_are_no_storm(judge):
    """A deployment of 600 clients within the samples."""
    now, then = samples(created=600, before=200, now=800)

    assert judge(ID, now, LIMIT, earlier=[then]).status == "ok"


def test_few_new_connections_are_healthy(judge):
    now, then = samples(created=30)

    assert judge(ID, now, LIMIT, earlier=[then]).status == "ok"


def test_the_burst_after_a_start_is_not_judged(judge):
    now, then = samples(created=850, uptime=20.0, since_start=500)

    result = judge(ID, now, LIMIT, earlier=[then])

    assert result.status == "unknown"
    assert result.unseen == ("broker 1: it started 20 s ago, and its clients connect anew",)


def test_many_connections_count_only_against_the_limit(judge):
    now, then = samples(created=0, before=9_000, now=9_000)
    limited = broker_configs({1: {"max.connections": "10000"}})

    [finding] = judge(ID, now, limited, earlier=[then]).findings

    assert finding.subject == broker(1)
    assert finding.evidence == {"connection_count": 9_000, "limit_count": 10_000}
    assert judge(ID, now, LIMIT, earlier=[then]).status == "ok"


def test_is_unknown_with_one_sample_and_without_jmx(judge):
    now, _ = samples(created=850)
    absent = {Facts: Missing("JMX was not read", "--jmx")}

    assert judge(ID, now, LIMIT).status == "unknown"
    assert judge(ID, absent=absent).status == "unknown"


def test_software_of_other_listeners_is_not_blamed(judge):
    now, then = samples(created=850)
    told = now.rows[now.rows["fact"] != "client-connections"]
    moved = {(*key[:3], "PLAINTEXT", "0"): value for key, value in CLIENTS.items()}
    rows = pandas.concat([told, facts({"broker 1": moved}).rows], ignore_index=True)

    [finding] = judge(ID, replace(now, rows=rows), LIMIT, earlier=[then]).findings

    assert "client_software" not in finding.evidence


def test_no_client_that_tells_its_software_leaves_the_rest(judge, caplog):
    now, then = samples(created=850)
    rows = now.rows[now.rows["fact"] != "client-connections"].reset_index(drop=True)

    [finding] = judge(ID, replace(now, rows=rows), LIMIT, earlier=[then]).findings

    assert "client_software" not in finding.evidence
    assert not caplog.records
