import pytest

from kdiag.finding import group
from kdiag.sections import Groups
from kdiag.snapshot import Missing
from tests.tables import ago, commits, groups, offsets, partition_row, partitions

KEY, LOG = ("app", "orders", 0), ("orders", 0)
PARTS = partitions(partition_row("orders"))


def scene(committed=100, start=300, *, before=None, start_before=None, **state):
    """One group on one partition: now and five seconds ago."""
    then_committed = committed if before is None else before
    then_start = start if start_before is None else start_before
    now = [
        groups({"group": "app", **state}),
        commits({KEY: committed}),
        offsets({LOG: 900}, start=start),
        PARTS,
    ]
    then = [
        commits({KEY: then_committed}, at=ago(5)),
        offsets({LOG: 900}, at=ago(5), start=then_start),
    ]
    return now, then


def test_fires_where_the_log_start_has_passed_the_committed_offset(judge):
    now, then = scene()

    [finding] = judge("records-lost-unread", *now, earlier=then).findings

    assert finding.subject == group("app", "orders")
    assert finding.severity == "critical"
    assert finding.evidence["lost_records"] == 200
    assert "--to-earliest --execute" in finding.actions[1].command


def test_is_a_warning_for_a_group_that_is_not_running(judge):
    now, then = scene(state="Empty")

    [finding] = judge("records-lost-unread", *now, earlier=then).findings

    assert finding.severity == "warning"


def test_is_silent_where_everything_had_been_read_before_it_was_deleted(judge):
    now, then = scene(committed=900, start=900)

    assert judge("records-lost-unread", *now, earlier=then).status == "ok"


def test_is_silent_for_a_reader_that_commits_after_the_log_start_moved(judge):
    """Retention of seconds: it has read them, and its commit comes late."""
    now, then = scene(committed=280, start=300, before=180, start_before=200)

    assert judge("records-lost-unread", *now, earlier=then).status == "ok"


def test_one_sample_does_not_suffice_where_there_is_a_suspect(judge):
    now, _ = scene()

    result = judge("records-lost-unread", *now)

    assert result.status == "unknown"
    assert result.needs == "--sample-seconds"


def test_one_sample_suffices_where_there_is_none(judge):
    now, _ = scene(committed=400)

    assert judge("records-lost-unread", *now).status == "ok"


@pytest.mark.parametrize("absent", [{Groups: Missing("not authorised", "Describe on Cluster")}])
def test_is_unknown_without_groups(judge, absent):
    now, then = scene()

    assert judge("records-lost-unread", *now[1:], earlier=then, absent=absent).status == "unknown"
