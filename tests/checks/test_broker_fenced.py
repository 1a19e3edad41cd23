from kdiag.correlate import correlate
from kdiag.engine import run
from kdiag.finding import CLUSTER, broker
from kdiag.sections import Brokers, Facts
from kdiag.snapshot import Missing, Snapshot
from tests.tables import NOW, brokers, cluster, facts, partition_row, partitions, reassignments

NO_JMX = {Facts: Missing("JMX was not read", "--jmx")}


def controllers(fenced=0, standby=0):
    """Return what the active controller counts, and one that stands by."""
    return facts(
        {
            "controller 100": {"active-controllers": 1.0, "fenced-brokers": fenced},
            "controller 101": {"active-controllers": 0.0, "fenced-brokers": standby},
        }
    )


def test_fires_where_a_fenced_broker_answers(judge):
    result = judge("broker-fenced", brokers(1, 2, 3, fenced=[2]), cluster(), absent=NO_JMX)

    [finding] = result.findings
    assert finding.subject == broker(2)
    assert (finding.severity, finding.confidence) == ("warning", "certain")


def test_is_the_root_of_what_follows_from_it(registry):
    ids = ("broker-fenced", "broker-down", "under-replicated")
    checks = {id_: registry.get(id_) for id_ in ids}
    table = partitions(*(partition_row("orders", n, isr=(1, 3)) for n in range(3)))
    told = (brokers(1, 2, 3, fenced=[2]), cluster(), table, reassignments({}))
    held = {type(each): each for each in told}
    results = run(list(checks.values()), Snapshot(taken_at=NOW, sections=held | NO_JMX), {})

    reported = correlate(results, checks, "cluster")

    [root] = [item for item in reported if item.is_root]
    assert root.check == "broker-fenced"
    assert root.finding.severity == "critical"
    assert "It holds replicas of 3 partitions, all out of their ISR." in root.finding.symptom
    assert {item.check for item in reported} == set(ids)


def test_fires_by_the_controller_where_the_release_lists_no_fenced_brokers(judge):
    [finding] = judge("broker-fenced", brokers(), cluster(version="3.7"), controllers(1)).findings

    assert finding.subject == CLUSTER
    assert (finding.severity, finding.confidence) == ("warning", "possible")
    assert finding.evidence == {"fenced_brokers": 1}


def test_a_broker_that_is_shut_down_stays_fenced(judge):
    """It is registered until somebody unregisters it; broker-down says what there is to say."""
    gone = brokers(1, 2, 3, silent=[3], fenced=[3])

    assert judge("broker-fenced", gone, cluster(), controllers(1)).status == "ok"
    assert judge("broker-fenced", brokers(1, 2, 3, down=[3]), cluster(), controllers(1)).status == (
        "ok"
    )


def test_what_a_standby_controller_counts_does_not_matter(judge):
    assert judge("broker-fenced", brokers(), cluster(), controllers(0, standby=1)).status == "ok"


def test_does_not_apply_with_zookeeper(judge):
    result = judge("broker-fenced", brokers(), cluster("zookeeper", "3.6"), absent=NO_JMX)

    assert result.status == "not_applicable"


def test_silence_is_unknown_without_jmx_or_without_brokers(judge):
    without = judge("broker-fenced", brokers(), cluster(), absent=NO_JMX)
    hidden = {Brokers: Missing("timed out")}

    assert (without.status, without.needs) == ("unknown", "--jmx")
    assert judge("broker-fenced", cluster(), controllers(), absent=hidden).status == "unknown"
