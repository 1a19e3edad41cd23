from kdiag.finding import broker
from kdiag.sections import Facts, FactsCoverage
from kdiag.snapshot import Missing
from tests.tables import NOW, facts

RUNNING = {"broker-state": 3.0}


def quiet():
    """Return that nobody tells logs-to-recover, which is there only during recovery."""
    rows = [
        {"target": f"broker {id_}", "fact": fact, "status": status}
        for id_ in (1, 2)
        for fact, status in (("logs-to-recover", "quiet"), ("broker-state", "read"))
    ]
    return FactsCoverage.from_rows(rows, read_at=NOW)


def test_fires_while_logs_are_recovered(judge):
    told = {"broker-state": 2.0, ("logs-to-recover", "/a"): 40, ("logs-to-recover", "/b"): 2}

    [finding] = judge("log-recovery", facts({"broker 1": RUNNING, "broker 2": told})).findings

    assert finding.subject == broker(2)
    assert finding.severity == "info"
    assert finding.evidence == {"logs_to_recover": 42}


def test_fires_by_the_state_alone(judge):
    told = facts({"broker 1": RUNNING, "broker 2": {"broker-state": 2.0}})

    [finding] = judge("log-recovery", told, quiet()).findings

    assert finding.subject == broker(2)


def test_brokers_that_run_or_stop_in_order_are_silent(judge):
    told = facts({"broker 1": RUNNING, "broker 2": {"broker-state": 6.0}})

    assert judge("log-recovery", told, quiet()).status == "ok"


def test_a_recovery_that_is_over_is_silent(judge):
    told = facts({"broker 1": RUNNING | {("logs-to-recover", "/a"): 0}})

    assert judge("log-recovery", told).status == "ok"


def test_is_unknown_without_jmx(judge):
    absent = {Facts: Missing("JMX was not read", "--jmx")}

    assert judge("log-recovery", absent=absent).status == "unknown"
