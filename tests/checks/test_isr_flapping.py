import pytest

from kdiag.finding import broker, partition
from kdiag.sections import Facts, Partitions
from kdiag.snapshot import Missing
from tests.tables import ago, brokers, facts, partition_row, partitions, reassignments

NO_JMX = {Facts: Missing("JMX was not read", "--jmx")}
ALIVE, STEADY = brokers(), reassignments({})


def counted(shrinks=0.0, expands=0.0, up=99_999.0):
    """Return two samples of two brokers: what broker 1 did to its ISRs between them."""
    idle = {"start-time": 0.0, "isr-shrinks": 40.0, "isr-expands": 40.0, "uptime": 99_999.0}
    told = idle | {"isr-shrinks": 40 + shrinks, "isr-expands": 40 + expands}
    other = idle | {"uptime": up}
    return (
        facts({"broker 1": told, "broker 2": other}),
        facts({"broker 1": idle | {"uptime": 99_989.0}, "broker 2": other}, at=ago(10)),
    )


def isrs(first, second, replicas=(1, 2, 3)):
    """Return one sample of two partitions with these ISRs."""
    return partitions(
        partition_row("orders", 0, isr=first, replicas=replicas),
        partition_row("orders", 1, isr=second, replicas=replicas),
    )


FULL = isrs((1, 2, 3), (1, 2, 3))


def test_fires_where_a_leader_shrinks_and_expands(judge):
    now, then = counted(shrinks=4, expands=3)

    [finding] = judge("isr-flapping", now, FULL, ALIVE, STEADY, earlier=[then, FULL]).findings

    assert finding.subject == broker(1)
    assert (finding.severity, finding.confidence) == ("warning", "certain")
    assert finding.evidence == {"shrinks": 4, "expands": 3, "window_seconds": 10.0}


def test_fires_without_jmx_where_a_follower_left_one_isr_and_joined_another(judge):
    now, then = isrs((1, 2), (1, 2, 3)), isrs((1, 2, 3), (1, 2))

    [finding] = judge("isr-flapping", now, ALIVE, STEADY, earlier=[then], absent=NO_JMX).findings

    assert finding.subject == broker(3)
    assert finding.evidence == {"left_partitions": 1, "joined_partitions": 1}
    assert finding.covers == {partition("orders", 0)}


@pytest.mark.parametrize("change", [{"shrinks": 3}, {"expands": 3}, {}])
def test_is_silent_where_isrs_change_one_way_only(judge, change):
    now, then = counted(**change)

    assert judge("isr-flapping", now, FULL, ALIVE, STEADY, earlier=[then, FULL]).status == "ok"


def test_a_rolling_restart_is_none(judge):
    """Broker 2 came back five minutes ago, and all leaders shrank and expanded."""
    now, then = counted(shrinks=4, expands=4, up=300.0)

    assert judge("isr-flapping", now, FULL, ALIVE, STEADY, earlier=[then, FULL]).status == "ok"


def test_a_broker_that_is_away_explains_it(judge):
    now, then = counted(shrinks=4, expands=4)
    away = brokers(1, 2, 3, down=[3])

    assert judge("isr-flapping", now, FULL, away, STEADY, earlier=[then, FULL]).status == "ok"


def test_one_broker_that_stops_while_another_returns_is_none(judge):
    (told, before), now, then = counted(), isrs((1, 2), (1, 2, 3)), isrs((1, 2, 3), (1, 3))

    result = judge("isr-flapping", told, now, ALIVE, STEADY, earlier=[before, then])

    assert result.status == "ok"


def test_a_reassignment_is_none(judge):
    """It adds replicas to ISRs, and takes others out."""
    told, before = counted(shrinks=2, expands=2)
    now = isrs((1, 2, 3), (1, 2, 4), replicas=(1, 2, 4, 3))
    then = isrs((1, 2, 4), (1, 2, 3))
    moving = reassignments({("orders", 0): (4,)})

    result = judge("isr-flapping", told, now, brokers(1, 2, 3, 4), moving, earlier=[before, then])

    assert result.status == "ok"


def test_is_only_likely_where_a_reassignment_cannot_be_ruled_out(judge):
    now, then = counted(shrinks=4, expands=3)

    [finding] = judge("isr-flapping", now, FULL, ALIVE, earlier=[then, FULL]).findings

    assert finding.confidence == "likely"


def test_silence_is_unknown_without_jmx_and_with_one_sample(judge):
    now, then = counted()
    hidden = {Partitions: Missing("timed out")}

    without = judge("isr-flapping", FULL, ALIVE, STEADY, earlier=[FULL], absent=NO_JMX)

    assert (without.status, without.needs) == ("unknown", "--jmx")
    assert judge("isr-flapping", now, FULL, ALIVE, STEADY).status == "unknown"
    assert judge("isr-flapping", now, earlier=[then], absent=hidden).status == "unknown"
