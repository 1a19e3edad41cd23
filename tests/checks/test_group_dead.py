import pytest

from kdiag.finding import group
from kdiag.sections import Groups, Members
from kdiag.snapshot import Missing
from tests.tables import ago, commits, end_offset_history, groups, members, offsets


def scene(committed=100, end=500, *, before=None, end_before=450, end_then=400, **state):
    """One group on one partition: now, six seconds ago, and what the end was 30 s ago."""
    key, log = ("app", "orders", 0), ("orders", 0)
    now = [
        groups({"group": "app", "state": "Empty", **state}),
        members(),
        commits({key: committed}),
        offsets({log: end}),
        end_offset_history({("orders", 0, 30): end_then}),
    ]
    then = [
        commits({key: committed if before is None else before}, at=ago(6)),
        offsets({log: end_before}, at=ago(6)),
    ]
    return now, then


def test_fires_for_an_empty_group_whose_topic_is_written(judge):
    now, then = scene()

    result = judge("group-dead", *now, earlier=then)

    [finding] = result.findings
    assert finding.subject == group("app", "orders")
    assert finding.severity == "critical"
    assert finding.evidence["lag_records"] == 400


def test_fires_although_nothing_was_written_in_the_window_itself(judge):
    """A topic with one record a minute still grows: the end offset of the past tells."""
    now, then = scene(end_before=500)

    assert judge("group-dead", *now, earlier=then).status == "problem"


def test_is_silent_for_a_finished_job_at_the_end(judge):
    now, then = scene(committed=500, end=500, end_before=500, end_then=500)

    assert judge("group-dead", *now, earlier=then).status == "ok"


def test_is_silent_where_the_topic_is_not_written_any_more(judge):
    now, then = scene(end_before=500, end_then=500)

    assert judge("group-dead", *now, earlier=then).status == "ok"


def test_is_silent_for_a_simple_consumer_that_commits(judge):
    """assign() with commits: state Empty and no members for ever, yet it reads."""
    now, then = scene(committed=200, before=100, protocol_type="")

    assert judge("group-dead", *now, earlier=then).status == "ok"


def test_a_group_that_never_had_members_gets_ten_minutes(judge):
    now, then = scene(protocol_type="")

    assert judge("group-dead", *now, earlier=then).status == "ok"


def test_is_silent_below_the_floor(judge):
    now, then = scene(committed=495)

    assert judge("group-dead", *now, earlier=then).status == "ok"


@pytest.mark.parametrize("protocol_type", ["connect", "sr", "share"])
def test_is_silent_for_what_is_no_consumer_group(judge, protocol_type):
    now, then = scene(protocol_type=protocol_type)

    assert judge("group-dead", *now, earlier=then).status == "not_applicable"


def test_is_unknown_with_one_sample(judge):
    now, _ = scene()

    result = judge("group-dead", *now)

    assert result.status == "unknown"
    assert result.needs == "--sample-seconds"


def test_is_unknown_without_groups(judge):
    now, then = scene()
    absent = {kind: Missing("not authorised", "Describe on Cluster") for kind in (Groups, Members)}

    result = judge("group-dead", *now[2:], earlier=then, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on Cluster"
