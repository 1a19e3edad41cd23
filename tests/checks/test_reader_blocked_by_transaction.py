from kdiag.finding import group
from kdiag.sections import Commits
from kdiag.snapshot import Missing
from tests.checks.held import LOG, scene
from tests.tables import ago, commits, groups


def committed(now, then, at, before):
    """The scene with other committed offsets of the group, now and six seconds ago."""
    return (
        [*now[:4], commits({("app", *LOG): at})],
        [*then[:3], commits({("app", *LOG): before}, at=ago(6))],
    )


def test_fires_for_a_group_that_stands_at_the_last_stable_offset(judge):
    now, then = scene()

    result = judge("reader-blocked-by-transaction", *now, earlier=then)

    [finding] = result.findings
    assert finding.subject == group("app", "orders")
    assert finding.severity == "critical"
    assert finding.evidence["lag_records"] == 100
    assert finding.evidence["transactional_ids"] == ["writer"]


def test_fires_at_a_hanging_transaction_at_once(judge):
    now, then = scene(open_seconds=10, silent_seconds=10, state="CompleteAbort")

    [finding] = judge("reader-blocked-by-transaction", *now, earlier=then).findings

    assert "known to no coordinator" in finding.cause


def test_a_marker_may_lie_between(judge):
    """It commits record + 1; the marker of the transaction before takes one more offset."""
    now, then = committed(*scene(), at=99, before=99)

    assert len(judge("reader-blocked-by-transaction", *now, earlier=then).findings) == 1


def test_is_silent_for_a_reader_of_uncommitted_records(judge):
    now, then = committed(*scene(), at=180, before=160)

    assert judge("reader-blocked-by-transaction", *now, earlier=then).status == "ok"


def test_is_silent_for_a_group_that_is_behind_for_another_reason(judge):
    now, then = committed(*scene(), at=40, before=40)

    assert judge("reader-blocked-by-transaction", *now, earlier=then).status == "ok"


def test_is_silent_for_a_group_that_has_only_just_arrived(judge):
    now, then = committed(*scene(), at=100, before=80)

    assert judge("reader-blocked-by-transaction", *now, earlier=then).status == "ok"


def test_is_silent_for_a_group_without_members(judge):
    now, then = scene()
    now[3] = groups({"group": "app", "state": "Empty"})

    assert judge("reader-blocked-by-transaction", *now, earlier=then).status == "ok"


def test_is_silent_while_the_transaction_is_young(judge):
    now, then = scene(open_seconds=60, silent_seconds=55)

    assert judge("reader-blocked-by-transaction", *now, earlier=then).status == "ok"


def test_is_silent_for_a_workload_whose_last_stable_offset_moves(judge):
    now, then = scene(stable=(60, 100))

    assert judge("reader-blocked-by-transaction", *now, earlier=then).status == "ok"


def test_is_unknown_without_committed_offsets(judge):
    now, then = scene()
    absent = {Commits: Missing("not authorised", "Describe on Group app")}

    result = judge("reader-blocked-by-transaction", *now[:4], earlier=then, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on Group app"
