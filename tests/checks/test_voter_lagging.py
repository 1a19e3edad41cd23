from kdiag.finding import NotApplicable, broker
from kdiag.sections import Quorum
from kdiag.snapshot import Missing
from tests.tables import ago, brokers, quorum


def test_fires_on_a_voter_that_fetches_and_falls_behind(judge):
    slow = {"replica_id": 3, "last_caught_up": ago(30), "log_end_offset": 600}

    result = judge("voter-lagging", quorum({"replica_id": 1}, {"replica_id": 2}, slow))

    [finding] = result.findings
    assert finding.subject == broker(3)
    assert finding.severity == "warning"
    assert finding.symptom.startswith("Voter 3")
    assert finding.evidence["behind_seconds"] == 30
    assert finding.evidence["missing_records"] == 300
    assert "more slowly" in finding.cause


def test_fires_on_an_observer_and_says_so(judge):
    gone = {"replica_id": 12, "is_voter": False, "last_fetch": ago(90), "last_caught_up": ago(90)}

    result = judge("voter-lagging", quorum({"replica_id": 1}, gone))

    [finding] = result.findings
    assert finding.symptom.startswith("Observer 12")
    assert finding.evidence["is_voter"] is False
    assert "stopped fetching" in finding.cause


def test_fires_on_a_replica_that_never_caught_up_with_this_leader(judge):
    gone = {"replica_id": 2, "last_fetch": None, "last_caught_up": None, "log_end_offset": None}

    result = judge("voter-lagging", quorum({"replica_id": 1}, gone, {"replica_id": 3}))

    [finding] = result.findings
    assert finding.subject == broker(2)
    assert finding.evidence["behind_seconds"] is None
    assert finding.evidence["missing_records"] is None


def test_is_silent_at_the_limit(judge):
    late = {"replica_id": 2, "last_caught_up": ago(10)}

    assert judge("voter-lagging", quorum({"replica_id": 1}, late)).status == "ok"


def test_the_leader_lags_behind_nobody(judge):
    leader = {"replica_id": 1, "last_fetch": None, "last_caught_up": None}

    assert judge("voter-lagging", quorum(leader, {"replica_id": 2})).status == "ok"


def test_observers_a_few_records_behind_are_healthy(judge):
    observer = {"replica_id": 11, "is_voter": False, "log_end_offset": 898}

    assert judge("voter-lagging", quorum({"replica_id": 1}, observer)).status == "ok"


def test_the_clock_of_the_cluster_counts_and_not_ours(judge):
    old = {"last_fetch": ago(7200), "last_caught_up": ago(7200)}

    result = judge("voter-lagging", quorum({"replica_id": 1, **old}, {"replica_id": 2, **old}))

    assert result.status == "ok"


def test_does_not_apply_with_zookeeper(judge):
    absent = {Quorum: NotApplicable("the cluster runs on ZooKeeper")}

    assert judge("voter-lagging", absent=absent).status == "not_applicable"


def test_is_unknown_where_controllers_tell_no_times(judge):
    untold = {"last_fetch": None, "last_caught_up": None}

    result = judge(
        "voter-lagging", quorum({"replica_id": 1, **untold}, {"replica_id": 2, **untold})
    )

    assert result.status == "unknown"
    assert result.needs == "Kafka 3.3 or newer"


def test_is_unknown_while_the_quorum_has_no_leader(judge):
    result = judge("voter-lagging", quorum({"replica_id": 1}, {"replica_id": 2}, leader=None))

    assert result.status == "unknown"


def test_is_unknown_without_the_quorum(judge):
    absent = {Quorum: Missing("not authorised", "Describe on Cluster")}

    result = judge("voter-lagging", absent=absent)

    assert result.needs == "Describe on Cluster"


def test_an_observer_that_was_unregistered_and_has_stopped_is_gone_on_purpose(judge):
    gone = {"replica_id": 3, "is_voter": False, "last_fetch": ago(18), "last_caught_up": ago(18.5)}
    held = quorum({"replica_id": 1}, {"replica_id": 2, "is_voter": False}, gone)

    assert judge("voter-lagging", held, brokers(1, 2)).status == "ok"
    [finding] = judge("voter-lagging", held, brokers(1, 2, 3)).findings
    assert "stopped fetching" in finding.cause


def test_a_spare_controller_that_fetches_and_falls_behind_is_told(judge):
    spare = {"replica_id": 103, "is_voter": False, "last_fetch": ago(1), "last_caught_up": ago(60)}

    [finding] = judge("voter-lagging", quorum({"replica_id": 1}, spare), brokers(1)).findings

    assert "more slowly" in finding.cause
