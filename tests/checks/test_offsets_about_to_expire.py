from kdiag.finding import group
from kdiag.sections import BrokerConfigs
from kdiag.snapshot import Missing
from tests.tables import (
    ago,
    broker_configs,
    commit_history,
    commits,
    generation_history,
    groups,
    offsets,
)

KEY, LOG = ("app", "orders", 0), ("orders", 0)
KEPT = broker_configs({1: {"offsets.retention.minutes": "60"}})


def scene(idle, *, lag=100, emptied=None, **state):
    """A group without members whose last commit was so many seconds ago."""
    left = ago(idle if emptied is None else emptied)
    now = [
        groups({"group": "app", "state": "Empty", **state}),
        commits({KEY: 900 - lag}),
        offsets({LOG: 900}),
        commit_history({KEY: [(idle + 5, 790 - lag), (idle, 900 - lag)]}),
        generation_history({"group": "app", "written_at": left, "state_since": left}),
        KEPT,
    ]
    return now, [commits({KEY: 900 - lag}, at=ago(5)), offsets({LOG: 900}, at=ago(5))]


def test_fires_after_most_of_the_time_for_which_offsets_are_kept(judge):
    now, then = scene(3_000)

    [finding] = judge("offsets-about-to-expire", *now, earlier=then).findings

    assert finding.subject == group("app", "orders")
    assert finding.severity == "warning"
    assert finding.evidence["expires_in_seconds"] == 600
    assert "expire in 10 min" in finding.symptom


def test_counts_from_when_the_last_member_left(judge):
    now, then = scene(3_000, emptied=600)

    assert judge("offsets-about-to-expire", *now, earlier=then).status == "ok"


def test_counts_from_the_commit_for_groups_that_never_had_members(judge):
    now, then = scene(3_000, emptied=600, protocol_type="")

    assert judge("offsets-about-to-expire", *now, earlier=then).status == "problem"


def test_is_silent_where_nothing_is_unread(judge):
    now, then = scene(3_000, lag=0)

    assert judge("offsets-about-to-expire", *now, earlier=then).status == "ok"


def test_is_silent_for_a_group_with_members(judge):
    now, then = scene(3_000, state="Stable")

    assert judge("offsets-about-to-expire", *now, earlier=then).status == "ok"


def test_is_unknown_where_the_history_begins_later(judge):
    now, then = scene(3_000)
    now[3:5] = [commit_history({}), generation_history()]

    result = judge("offsets-about-to-expire", *now, earlier=then)

    assert result.status == "unknown"
    assert "group app" in result.reason


def test_is_unknown_without_the_settings_of_brokers(judge):
    now, then = scene(3_000)
    absent = {BrokerConfigs: Missing("not authorised", "DescribeConfigs on Cluster")}

    result = judge("offsets-about-to-expire", *now[:-1], earlier=then, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "DescribeConfigs on Cluster"
