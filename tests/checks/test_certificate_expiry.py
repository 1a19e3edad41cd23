from datetime import timedelta

import pytest

from kdiag.finding import listener
from kdiag.snapshot import Missing
from tests.checks.secured import DAY, everywhere, listener_row, listeners, shown
from tests.tables import NOW

ID = "certificate-expiry"
HOUR = 3600.0


def one(**told):
    return listeners(listener_row(1, **shown(**told)))


@pytest.mark.parametrize(
    ("left", "severity"),
    [(5 * DAY, "critical"), (20 * DAY, "warning"), (-2 * DAY, "critical")],
)
def test_fires_by_the_days_that_are_left(judge, left, severity):
    result = judge(ID, one(left=left))

    [finding] = result.findings
    assert (finding.severity, finding.subject) == (severity, listener(1, "CLIENTS"))
    assert finding.evidence["left_seconds"] == left


def test_names_the_one_broker_that_was_forgotten(judge):
    rows = everywhere()
    rows[1] |= shown(left=5 * DAY)

    assert [f.subject for f in judge(ID, listeners(*rows)).findings] == [listener(2, "CLIENTS")]


def test_a_short_one_beside_long_ones_is_no_mesh(judge):
    rows = everywhere()
    rows[1] |= shown(left=5 * DAY, life=5 * DAY)

    [finding] = judge(ID, listeners(*rows)).findings

    assert (finding.subject, finding.severity) == (listener(2, "CLIENTS"), "critical")


def test_one_of_a_day_beside_long_ones_is_renewed_by_a_machine(judge):
    rows = everywhere()
    rows[1] |= shown(left=16 * HOUR, life=24 * HOUR)

    assert judge(ID, listeners(*rows)).status == "ok"


@pytest.mark.parametrize(
    ("left", "life"),
    [(31 * DAY, 398 * DAY), (13 * HOUR, 24 * HOUR), (7 * HOUR, 24 * HOUR), (29 * DAY, 90 * DAY)],
)
def test_is_silent_for_fresh_ones_and_for_short_ones_that_are_not_due(judge, left, life):
    assert judge(ID, one(left=left, life=life)).status == "ok"


@pytest.mark.parametrize(("left", "severity"), [(5 * HOUR, "warning"), (2 * HOUR, "critical")])
def test_a_short_one_that_was_not_renewed_in_time_is_seen(judge, left, severity):
    [finding] = judge(ID, one(left=left, life=24 * HOUR)).findings

    assert finding.severity == severity


def test_the_end_of_an_authority_counts(judge):
    row = listener_row(1, tls_chain_not_after=NOW + timedelta(days=3))

    [finding] = judge(ID, listeners(row)).findings

    assert finding.severity == "critical"
    assert finding.symptom.startswith("An authority")


def test_one_that_is_not_yet_valid_is_critical(judge):
    [finding] = judge(ID, one(left=400 * DAY)).findings

    assert finding.severity == "critical"
    assert "valid only from 2 d on" in finding.symptom


def test_a_name_that_does_not_fit_is_a_warning(judge):
    [finding] = judge(ID, one(left=300 * DAY, names=("other.example",), fit=False)).findings

    assert finding.severity == "warning"
    assert finding.evidence == {"advertised_host": "kafka1.example", "names": ["other.example"]}


def test_the_name_of_what_is_not_advertised_does_not_matter(judge):
    row = listener_row(1, "CONTROLLER", "SSL", is_advertised=False, tls_names_fit=False)

    assert judge(ID, listeners(row)).status == "ok"


def test_what_could_not_be_reached_is_not_ok(judge):
    rows = everywhere()
    rows[2] = listener_row(3, trouble="kafka3.example:9093: cannot connect: connection refused")

    result = judge(ID, listeners(*rows))

    assert result.status == "unknown"
    assert "listener CLIENTS of broker 3" in result.reason


def test_does_not_apply_without_tls_unless_some_brokers_were_not_seen(judge):
    rows = everywhere(protocol="PLAINTEXT")

    assert judge(ID, listeners(*rows)).status == "not_applicable"
    partly = listeners(*rows, errors={"broker 3": Missing("no answer")})
    assert judge(ID, partly).status == "unknown"
