from kdiag.finding import broker
from kdiag.sections import Facts
from kdiag.snapshot import Missing
from tests.tables import ago, cluster, facts

CONTROLLER = {"metadata-errors": 0.0, "uptime": 3600.0}
BROKER = {"metadata-load-errors": 0.0, "metadata-apply-errors": 0.0, "uptime": 3600.0}


def processes(controller=None, one=None):
    return facts(
        {
            "controller 100": CONTROLLER | (controller or {}),
            "broker 1": BROKER | (one or {}),
            "broker 2": BROKER,
        }
    )


def test_fires_for_each_process_that_met_an_error(judge):
    told = processes(
        {"metadata-errors": 2}, {"metadata-load-errors": 1, "metadata-apply-errors": 3}
    )

    first, second = judge("metadata-errors", told, cluster()).findings

    assert (first.subject, first.evidence) == (
        broker(1),
        {"load_errors": 1, "apply_errors": 3},
    )
    assert (second.subject, second.evidence) == (broker(100), {"controller_errors": 2})
    assert first.severity == second.severity == "critical"
    assert "since it started" in first.symptom
    assert first.since == ago(3600)


def test_is_silent_where_all_are_zero(judge):
    assert judge("metadata-errors", processes(), cluster()).status == "ok"


def test_a_cluster_on_zookeeper_has_no_such_errors(judge):
    told = facts({"broker 1": {"uptime": 3600.0}})

    assert judge("metadata-errors", told, cluster("zookeeper", "3.6")).status == "not_applicable"


def test_is_unknown_without_jmx_and_where_no_controller_was_asked(judge):
    absent = {Facts: Missing("JMX was not read", "--jmx")}

    assert judge("metadata-errors", cluster(), absent=absent).status == "unknown"
    assert judge("metadata-errors", facts({"broker 1": BROKER}), cluster()).status == "unknown"
