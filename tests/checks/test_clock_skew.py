from datetime import timedelta

import pytest

from kdiag.finding import CLUSTER, broker
from kdiag.sections import Facts, JmxAccess
from kdiag.snapshot import Missing
from tests.tables import NOW, facts, quorum

WITHOUT = {Facts: Missing("JMX was not read", "--jmx"), JmxAccess: Missing("JMX was not read")}


def controller(ahead: float, took: float = 0.02, leader: int = 1):
    return quorum(
        {"replica_id": leader},
        leader=leader,
        ahead_least_seconds=ahead - took,
        ahead_most_seconds=ahead,
    )


def brokers(ahead: dict[int, float], took: float = 0.02):
    """Return what brokers tell whose clocks are ahead of ours by so many seconds."""
    told = {
        f"broker {node}": {
            "metadata-record-time": NOW.timestamp() - 0.3,
            "metadata-record-age": 0.3 + seconds,
        }
        for node, seconds in ahead.items()
    }
    times = {"asked_at": NOW, "answered_at": NOW + timedelta(seconds=took)}
    rows = [{"target": target, "dialect": "jolokia", "host": "h", **times} for target in told]
    return facts(told), JmxAccess.from_rows(rows)


def test_fires_on_a_broker_that_is_ahead(judge):
    result = judge("clock-skew", controller(0), *brokers({1: 0, 2: 0.1, 3: 120}))

    [finding] = result.findings
    assert finding.subject == broker(3)
    assert finding.severity == "info"
    assert finding.symptom.startswith(
        "The clock of broker 3 is 2 min ahead of those of this machine, broker 1"
    )
    assert finding.confidence == "certain"
    assert finding.evidence["ahead_seconds"] == pytest.approx(120, abs=0.2)


def test_fires_on_a_broker_that_is_behind_and_warns_from_five_minutes_on(judge):
    result = judge("clock-skew", controller(0), *brokers({1: 0, 2: 0, 3: -301}))

    [finding] = result.findings
    assert finding.severity == "warning"
    assert "5 min 1 s behind" in finding.symptom
    assert finding.evidence["ahead_seconds"] < -300


def test_fires_on_this_machine_where_all_brokers_agree(judge):
    result = judge("clock-skew", controller(40), *brokers({1: 40, 2: 40, 3: 40.2}))

    [finding] = result.findings
    assert finding.subject == CLUSTER
    assert finding.symptom.startswith("The clock of this machine is 40 s behind those of broker 1")


def test_the_controller_alone_shows_a_difference_but_not_whose_it_is(judge):
    result = judge("clock-skew", controller(-40, leader=2), absent=WITHOUT)

    [finding] = result.findings
    assert finding.subject == CLUSTER
    assert finding.confidence == "possible"
    assert "cannot be told" in finding.cause
    assert "ahead of that of broker 2" in finding.symptom


def test_without_jmx_agreement_with_the_controller_is_unknown(judge):
    result = judge("clock-skew", controller(0), absent=WITHOUT)

    assert (result.status, result.needs) == ("unknown", "--jmx")


def test_is_silent_where_clocks_agree(judge):
    result = judge("clock-skew", controller(0.01), *brokers({1: 0, 2: 0.02, 3: -0.9}))

    assert result.status == "ok"


def test_a_slow_answer_leaves_room_and_is_no_skew(judge):
    told, access = brokers({1: 0, 2: 0, 3: 4}, took=4.5)

    assert judge("clock-skew", controller(0), told, access).status == "ok"


def test_an_answer_that_took_too_long_is_not_seen(judge):
    told, access = brokers({1: 0, 2: 0}, took=9)

    result = judge("clock-skew", controller(0), told, access)

    assert result.status == "unknown"
    assert "broker 1" in result.reason


def test_an_old_metadata_record_is_no_old_clock(judge):
    told = facts(
        {
            f"broker {node}": {
                "metadata-record-time": NOW.timestamp() - 7200,
                "metadata-record-age": 7200,
            }
            for node in (1, 2, 3)
        }
    )
    _, access = brokers({1: 0, 2: 0, 3: 0})

    assert judge("clock-skew", controller(0), told, access).status == "ok"


def test_is_unknown_where_the_controllers_are_too_old_and_jmx_is_not_given(judge):
    result = judge("clock-skew", quorum({"replica_id": 1}), absent=WITHOUT)

    assert result.status == "unknown"
