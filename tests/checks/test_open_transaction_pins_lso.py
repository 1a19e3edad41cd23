import pytest

from kdiag.finding import Subject, group, partition
from kdiag.sections import Offsets, Producers, Transactions
from kdiag.snapshot import Missing
from tests.checks.held import LOG, scene
from tests.tables import ago, broker_configs, commits, groups, offsets, producers, transactions


def test_fires_for_a_transaction_that_is_open_and_silent(judge):
    now, then = scene()

    result = judge("open-transaction-pins-lso", *now, earlier=then)

    [finding] = result.findings
    assert finding.subject == Subject.of("transactional_id", transactional_id="writer")
    assert finding.severity == "critical"
    assert finding.evidence["held_records"] == 100
    assert finding.evidence["open_seconds"] == 400
    assert finding.evidence["silent_seconds"] == 390
    assert finding.evidence["blocked_groups"] == ["app"]
    assert finding.covers == {partition(*LOG), group("app", "orders")}


def test_is_a_warning_where_no_group_waits(judge):
    now, then = scene()
    beyond = [commits({("app", *LOG): 190})], [commits({("app", *LOG): 150}, at=ago(6))]

    [finding] = judge(
        "open-transaction-pins-lso", *now[:4], *beyond[0], earlier=[*then[:3], *beyond[1]]
    ).findings

    assert finding.severity == "warning"
    assert finding.evidence["blocked_groups"] == []


def test_is_silent_where_the_last_stable_offset_moves(judge):
    """A busy workload: something is open at every moment, but not the same transaction."""
    now, then = scene(stable=(100, 150), open_seconds=2, silent_seconds=0.1)

    assert judge("open-transaction-pins-lso", *now, earlier=then).status == "ok"


@pytest.mark.parametrize("seconds", [5, 60, 290])
def test_is_silent_for_a_job_that_commits_at_checkpoints(judge, seconds):
    now, then = scene(open_seconds=seconds, silent_seconds=seconds)

    assert judge("open-transaction-pins-lso", *now, earlier=then).status == "ok"


def test_is_silent_while_it_still_grows(judge):
    """A replay: records carry timestamps of long ago, but they are being written now."""
    now, then = scene(open_seconds=600, silent_seconds=86_400, sequences=(40, 55))

    assert judge("open-transaction-pins-lso", *now, earlier=then).status == "ok"


def test_old_timestamps_do_not_make_it_older_than_it_is(judge):
    now, then = scene(open_seconds=20, silent_seconds=86_400)

    assert judge("open-transaction-pins-lso", *now, earlier=then).status == "ok"


def test_a_coordinator_whose_clock_is_ahead_makes_it_no_older(judge):
    now, then = scene(open_seconds=-8, silent_seconds=86_400)

    assert judge("open-transaction-pins-lso", *now, earlier=then).status == "ok"


def test_fires_where_the_newest_timestamp_lies_in_the_future(judge):
    now, then = scene(open_seconds=400, silent_seconds=-3600)

    assert len(judge("open-transaction-pins-lso", *now, earlier=then).findings) == 1


def test_fires_for_one_that_grows_without_end(judge):
    now, then = scene(open_seconds=1000, silent_seconds=1, sequences=(40, 55))

    [finding] = judge("open-transaction-pins-lso", *now, earlier=then).findings

    assert finding.confidence == "possible"
    assert "still grows" in finding.symptom


def test_fires_where_the_coordinator_does_not_end_what_is_overdue(judge):
    now, then = scene(open_seconds=130, silent_seconds=130, timeout=60)

    [finding] = judge("open-transaction-pins-lso", *now, earlier=then).findings

    assert "has not aborted it" in finding.cause


def test_does_not_name_a_group_without_members(judge):
    now, then = scene()
    now[3] = groups({"group": "app", "state": "Empty"})

    [finding] = judge("open-transaction-pins-lso", *now, earlier=then).findings

    assert finding.severity == "warning"


def test_says_nothing_of_a_hanging_one(judge):
    now, then = scene(state="CompleteAbort")

    assert judge("open-transaction-pins-lso", *now, earlier=then).status == "ok"


def test_one_sample_is_enough_where_nothing_is_held_back(judge):
    now, _ = scene(stable=(200, 200))

    assert judge("open-transaction-pins-lso", *now).status == "ok"


def test_is_unknown_with_one_sample_where_something_is(judge):
    now, _ = scene()

    result = judge("open-transaction-pins-lso", *now)

    assert result.status == "unknown"
    assert result.needs == "--sample-seconds"


@pytest.mark.parametrize(
    ("section", "grant"),
    [
        (Transactions, "Kafka 3.0 or newer"),
        (Producers, "Read on Topic orders"),
        (Offsets, "Describe on Topic orders"),
    ],
)
def test_is_unknown_without_what_it_reads(judge, section, grant):
    now, then = scene()
    left = [each for each in now if not isinstance(each, section)]
    absent = {section: Missing("not there", grant)}

    result = judge("open-transaction-pins-lso", *left, earlier=then, absent=absent)

    assert result.status == "unknown"
    assert result.needs == grant


def test_is_unknown_where_the_owner_may_be_hidden(judge):
    now, then = scene()
    now[1], then[1] = transactions(), transactions(at=ago(6))
    secured = broker_configs({1: {"authorizer.class.name": "StandardAuthorizer"}})

    result = judge("open-transaction-pins-lso", *now, secured, earlier=then)

    assert result.status == "unknown"
    assert result.needs == "Describe on TransactionalId *"


def test_does_not_apply_where_nobody_uses_transactions(judge):
    now = [offsets({LOG: 100}), transactions(), producers()]

    assert judge("open-transaction-pins-lso", *now, earlier=now).status == "not_applicable"
