from datetime import timedelta

from kdiag.correlate import correlate
from kdiag.engine import run
from kdiag.finding import CLUSTER, broker
from kdiag.sections import Quorum
from kdiag.snapshot import Missing, Snapshot
from tests.tables import NOW, ago, quorum


def voter(replica_id, silent=0, **more):
    return {
        "replica_id": replica_id,
        "last_fetch": ago(silent),
        "last_caught_up": ago(silent),
    } | more


def test_fires_where_one_of_three_voters_has_stopped(judge):
    result = judge("quorum-at-majority", quorum(voter(1), voter(2), voter(3, silent=60)))

    [finding] = result.findings
    assert finding.subject == CLUSTER
    assert finding.severity == "critical"
    assert finding.because_of == {broker(3)}
    assert finding.evidence["live_voter_count"] == 2
    assert finding.evidence["silent_voters"] == [3]


def test_a_voter_that_never_fetched_from_this_leader_is_not_live(judge):
    gone = voter(3, last_fetch=None, last_caught_up=None)

    result = judge("quorum-at-majority", quorum(voter(1), voter(2), gone))

    assert result.findings[0].evidence["silent_voters"] == [3]


def test_five_voters_can_lose_one_without_being_at_the_majority(judge):
    replicas = [*(voter(id_) for id_ in (1, 2, 3, 4)), voter(5, silent=60)]

    assert judge("quorum-at-majority", quorum(*replicas)).status == "ok"


def test_is_silent_at_the_limit(judge):
    assert judge("quorum-at-majority", quorum(voter(1), voter(2), voter(3, 10))).status == "ok"


def test_two_live_voters_are_a_matter_of_size_only(judge):
    assert judge("quorum-at-majority", quorum(voter(1), voter(2))).status == "ok"


def test_the_leader_is_live_whatever_its_own_row_says(judge):
    leader = voter(1, last_fetch=None, last_caught_up=None)

    assert judge("quorum-at-majority", quorum(leader, voter(2), voter(3))).status == "ok"


def test_a_clock_that_is_an_hour_behind_ours_stops_nothing(judge):
    replicas = [voter(id_, silent=3600) for id_ in (1, 2, 3)]

    assert judge("quorum-at-majority", quorum(*replicas)).status == "ok"


def test_a_dead_observer_takes_no_vote(judge):
    observer = voter(11, silent=200, is_voter=False)

    result = judge("quorum-at-majority", quorum(voter(1), voter(2), voter(3), observer))

    assert result.status == "ok"


def test_does_not_apply_to_a_single_voter(judge):
    result = judge("quorum-at-majority", quorum(voter(1)))

    assert result.status == "not_applicable"


def test_is_unknown_where_controllers_tell_no_times(judge):
    replicas = [voter(id_, last_fetch=None, last_caught_up=None) for id_ in (1, 2, 3)]

    result = judge("quorum-at-majority", quorum(*replicas))

    assert result.status == "unknown"
    assert result.needs == "Kafka 3.3 or newer"


def test_is_unknown_without_the_quorum(judge):
    absent = {Quorum: Missing("not authorised", "Describe on Cluster")}

    assert judge("quorum-at-majority", absent=absent).status == "unknown"


def test_explains_why_its_silent_voters_lag(registry):
    checks = [registry.get("quorum-at-majority"), registry.get("voter-lagging")]
    table = quorum(voter(1), voter(2), voter(3, silent=60))
    snapshot = Snapshot(taken_at=NOW + timedelta(hours=1), sections={Quorum: table})

    root, child = correlate(run(checks, snapshot, {}), {c.id: c for c in checks}, "c")

    assert (root.check, child.check) == ("quorum-at-majority", "voter-lagging")
    assert child.explained_by == root.fingerprint
