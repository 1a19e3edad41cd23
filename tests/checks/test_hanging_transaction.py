import pytest

from kdiag.finding import group, partition
from kdiag.snapshot import Missing
from tests.checks.held import LOG, scene
from tests.tables import ago, broker_configs, cluster, producers, transactions

SECURED = broker_configs({1: {"authorizer.class.name": "StandardAuthorizer"}})
OPEN = broker_configs({1: {"authorizer.class.name": ""}})


def with_listed(rows, before=None):
    """A held partition whose coordinators list these transactional ids, in each sample."""
    now, then = scene()
    now[1] = transactions(*rows)
    then[1] = transactions(*(rows if before is None else before), at=ago(6))
    return now, then


def ongoing(*logs):
    return {"transactional_id": "writer", "state": "Ongoing", "partitions": logs}


@pytest.mark.parametrize("state", ["Empty", "CompleteCommit", "CompleteAbort"])
def test_fires_where_the_coordinator_has_ended_the_transaction(judge, state):
    now, then = with_listed([{"transactional_id": "writer", "state": state}])

    result = judge("hanging-transaction", *now, SECURED, earlier=then)

    [finding] = result.findings
    assert finding.subject == partition(*LOG)
    assert finding.severity == "critical"
    assert finding.evidence["transactional_id"] == "writer"
    assert finding.evidence["blocked_groups"] == ["app"]
    assert finding.covers == {partition(*LOG), group("app", "orders")}
    assert any("--start-offset 100" in str(action.command) for action in finding.actions)


def test_fires_where_the_transaction_is_about_other_partitions(judge):
    now, then = with_listed([ongoing(("orders", 1))])

    assert len(judge("hanging-transaction", *now, SECURED, earlier=then).findings) == 1


def test_fires_where_no_coordinator_knows_the_producer_and_nothing_is_hidden(judge):
    now, then = with_listed([])

    [finding] = judge("hanging-transaction", *now, OPEN, earlier=then).findings

    assert "no coordinator knows" in finding.symptom


def test_the_beginning_may_have_been_deleted(judge):
    now, then = scene(start=50, state="CompleteAbort")

    [finding] = judge("hanging-transaction", *now, earlier=then).findings

    assert finding.evidence["start_offset"] == 50


@pytest.mark.parametrize(("finalized", "advised"), [(1, True), (None, True), (2, False)])
def test_the_upgrade_is_advised_where_it_is_open(judge, finalized, advised):
    now, then = scene(state="CompleteAbort")
    features = cluster(features={"transaction.version": (0, 2, finalized)})

    [finding] = judge("hanging-transaction", *now, features, earlier=then).findings

    assert any("kafka-features.sh" in str(a.command) for a in finding.actions) is advised


def test_is_silent_for_a_transaction_that_its_coordinator_knows(judge):
    now, then = scene()

    assert judge("hanging-transaction", *now, SECURED, earlier=then).status == "ok"


def test_is_silent_where_it_began_after_the_coordinators_were_asked(judge):
    """Listed as complete now, but as open with this partition in the other sample."""
    done = [{"transactional_id": "writer", "state": "CompleteCommit"}]
    now, then = with_listed(done, before=[ongoing(LOG)])

    assert judge("hanging-transaction", *now, SECURED, earlier=then).status == "ok"


def test_is_silent_where_the_last_stable_offset_moves(judge):
    now, then = scene(stable=(100, 150), state="CompleteCommit")

    assert judge("hanging-transaction", *now, earlier=then).status == "ok"


def test_is_silent_where_no_transaction_is_open_and_replication_lags(judge):
    now, then = scene(start=None)

    assert judge("hanging-transaction", *now, earlier=then).status == "ok"


def test_another_principals_transaction_is_unknown_and_not_hanging(judge):
    now, then = with_listed([])

    result = judge("hanging-transaction", *now, SECURED, earlier=then)

    assert result.status == "unknown"
    assert result.needs == "Describe on TransactionalId *"


def test_is_unknown_where_a_coordinator_did_not_answer(judge):
    now, then = with_listed([])
    why = {"partition __transaction_state-3": Missing("timed out after 5 s")}
    now[1] = transactions(errors=why)

    assert judge("hanging-transaction", *now, OPEN, earlier=then).status == "unknown"


def test_is_unknown_where_the_transaction_was_not_described(judge):
    now, then = with_listed([{"transactional_id": "writer", "state": "Ongoing"}])

    result = judge("hanging-transaction", *now, OPEN, earlier=then)

    assert result.status == "unknown"
    assert "was not described" in result.reason


def test_is_unknown_without_the_producers_of_a_topic(judge):
    now, then = scene(state="CompleteAbort")
    now[2] = producers(errors={"producers of orders-0": Missing("x", "Read on Topic orders")})

    result = judge("hanging-transaction", *now, earlier=then)

    assert result.status == "unknown"
    assert result.needs == "Read on Topic orders"
