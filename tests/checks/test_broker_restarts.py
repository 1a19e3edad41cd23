from kdiag.finding import broker
from kdiag.sections import Facts, StartHistory
from kdiag.snapshot import Missing
from tests.tables import NOW, ago, facts

ID = "broker-restarts"
DAY = 86_400.0


def sample(uptimes, at=NOW, **fields):
    told = {
        target: {"uptime": uptime, "start-time": at.timestamp() - uptime}
        for target, uptime in uptimes.items()
    }
    return facts(told, at=at, **fields)


def test_a_restart_between_the_samples_is_seen(judge):
    now = sample({"broker 1": 4.0, "broker 2": 3 * DAY})
    then = sample({"broker 1": 2 * DAY, "broker 2": 3 * DAY - 10}, at=ago(10))

    [finding] = judge(ID, now, earlier=[then]).findings

    assert finding.subject == broker(1)
    assert finding.severity == "warning"
    assert finding.confidence == "certain"
    assert finding.symptom == "Broker 1 restarted between the two samples."
    assert finding.since == ago(4)
    assert finding.covers == {broker(1)}


def test_a_restart_a_moment_ago_is_told_where_another_is_up_for_long(judge):
    now = sample({"broker 1": 240.0, "broker 2": 3 * DAY, "controller 100": 3 * DAY})

    [finding] = judge(ID, now).findings

    assert finding.subject == broker(1)
    assert finding.severity == "info"
    assert finding.confidence == "possible"
    assert finding.symptom == "Broker 1 restarted 4 min ago."


def starts(*hours_ago):
    rows = [{"target": "broker 1", "started_at": ago(3600 * hours)} for hours in hours_ago]
    return StartHistory.from_rows(rows, read_at=NOW)


def test_many_restarts_of_a_day_are_a_pattern(judge):
    now = sample({"broker 1": 3600.0, "broker 2": 3 * DAY})

    [finding] = judge(ID, now, starts(1, 5, 9)).findings

    assert finding.severity == "warning"
    assert finding.symptom == "Broker 1 restarted 3 times within 24 hours."
    assert judge(ID, now, starts(1, 5)).status == "ok"
    assert judge(ID, now, starts(1, 5, 30)).status == "ok"


def test_a_cluster_that_was_rolled_is_healthy(judge):
    assert judge(ID, sample({"broker 1": 240.0, "broker 2": 400.0})).status == "ok"


def test_a_clock_that_is_set_is_no_restart(judge):
    """The start time moves with the clock, the uptime does not."""
    now = sample({"broker 1": 3 * DAY})
    then = sample({"broker 1": 3 * DAY - 9}, at=ago(10))

    assert judge(ID, now, earlier=[then]).status == "ok"


def test_the_start_time_tells_where_the_uptime_is_not_told(judge):
    """jmx_exporter tells when a process started, and not for how long it is up."""
    up = {"broker 1": 240.0, "broker 2": 3 * DAY}
    told = {target: {"start-time": NOW.timestamp() - seconds} for target, seconds in up.items()}

    [finding] = judge(ID, facts(told)).findings

    assert finding.symptom == "Broker 1 restarted 4 min ago."


def test_connect_workers_are_no_brokers(judge):
    now = sample({"broker 1": 3 * DAY, "worker 10.0.0.9:8083": 60.0})

    assert judge(ID, now).status == "ok"


def test_is_unknown_without_jmx_and_where_a_broker_was_not_asked(judge):
    absent = {Facts: Missing("JMX was not read", "--jmx")}
    partial = sample({"broker 1": DAY}, errors={"broker 2": Missing("connection refused")})

    assert judge(ID, absent=absent).status == "unknown"
    assert judge(ID, partial).status == "unknown"
