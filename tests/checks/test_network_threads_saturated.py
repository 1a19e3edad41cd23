from dataclasses import replace

import pytest

from kdiag.correlate import correlate
from kdiag.engine import run
from kdiag.finding import broker
from kdiag.sections import Facts
from kdiag.snapshot import Missing, Snapshot
from tests.tables import NOW, ago, broker_configs, facts

ID = "network-threads-saturated"


def samples(network_idle, handlers_idle):
    """Return two samples, ten seconds apart; both ratios of idle time hold in between."""
    told = {
        "start-time": 0.0,
        "network-threads-idle": network_idle,
        "request-handlers-idle": 500 + 10 * handlers_idle,
    }
    then = {**told, "request-handlers-idle": 500.0}
    return facts({"broker 1": told}), facts({"broker 1": then}, at=ago(10))


def test_fires_where_handlers_have_time(judge):
    now, then = samples(0.12, 0.8)
    has = broker_configs({1: {"num.network.threads": "8"}, 2: {"num.network.threads": "3"}})

    [finding] = judge(ID, now, has, earlier=[then]).findings

    assert finding.subject == broker(1)
    assert finding.severity == "warning"
    assert finding.confidence == "certain"
    assert finding.evidence == {"idle_ratio": 0.12, "handlers_idle_ratio": 0.8}
    assert "so it is the network side" in finding.cause
    assert finding.actions[1].command.endswith(
        "--entity-name 1 --add-config num.network.threads=16"
    )


def test_no_number_of_threads_is_made_up_where_the_present_one_was_not_read(judge):
    now, then = samples(0.12, 0.8)

    [finding] = judge(ID, now, earlier=[then]).findings

    assert finding.actions[1].command is None
    assert "up to twice the present num.network.threads" in finding.actions[1].text


def test_is_possible_where_one_sample_does_not_tell_of_handlers(judge):
    now, _ = samples(0.12, 0.8)

    [finding] = judge(ID, now).findings

    assert finding.confidence == "possible"
    assert "handlers_idle_ratio" not in finding.evidence


def test_folds_where_the_request_handlers_are_saturated_too(registry):
    now, then = samples(0.12, 0.05)
    ids = (ID, "request-handlers-saturated")
    checks = {id_: registry.get(id_) for id_ in ids}
    earlier = Snapshot(taken_at=ago(10), sections={Facts: then})
    snapshot = Snapshot(taken_at=NOW, sections={Facts: now}, earlier=earlier)

    results = run(list(checks.values()), snapshot, {})
    covering = [_covering_its_subject(result) for result in results]
    reported = correlate(covering, checks, "cluster")

    assert [item.check for item in reported if item.is_root] == ["request-handlers-saturated"]
    assert [item.check for item in reported if not item.is_root] == [ID]


def _covering_its_subject(result):
    findings = (replace(each, covers=frozenset([each.subject])) for each in result.findings)
    return replace(result, findings=tuple(findings))


@pytest.mark.parametrize("idle", [0.3, 0.95])
def test_is_silent_where_network_threads_have_time(judge, idle):
    now, then = samples(idle, 0.05)

    assert judge(ID, now, earlier=[then]).status == "ok"
    assert judge(ID, now).status == "ok"


def test_is_unknown_without_jmx(judge):
    absent = {Facts: Missing("JMX was not read", "--jmx")}

    assert judge(ID, absent=absent).status == "unknown"
