from kdiag.finding import CLUSTER, broker
from kdiag.sections import JmxAccess
from kdiag.snapshot import Missing


def access(*rows):
    usual = {"target": "broker 1", "dialect": "rmi", "host": "10.0.0.1", "has_password": False}
    return JmxAccess.from_rows([{**usual, "has_tls": False, **row} for row in rows])


def test_fires_where_rmi_lets_anybody_in(judge):
    [finding] = judge("open-jmx", access({})).findings

    assert finding.subject == broker(1)
    assert (finding.severity, finding.confidence) == ("warning", "certain")
    assert "authenticate=true" in finding.actions[0].command


def test_brokers_that_are_alike_are_one_finding(judge):
    rows = access({}, {"target": "broker 2"}, {"target": "controller 101", "dialect": "jolokia"})

    first, second = judge("open-jmx", rows).findings

    assert {first.evidence["processes"], second.evidence["processes"]} == {1, 2}
    assert CLUSTER in (first.subject, second.subject)


def test_is_only_possible_where_it_was_asked_on_this_machine(judge):
    for host in ("127.0.0.1", "::1", "localhost"):
        [finding] = judge("open-jmx", access({"host": host})).findings

        assert (finding.severity, finding.confidence) == ("info", "possible")


def test_is_silent_where_a_password_was_needed_or_only_numbers_are_told(judge):
    rows = access({"has_password": True}, {"dialect": "prometheus"})

    assert judge("open-jmx", rows).status == "ok"


def test_is_unknown_without_jmx(judge):
    absent = {JmxAccess: Missing("JMX was not read", "--jmx")}

    assert judge("open-jmx", absent=absent).status == "unknown"
