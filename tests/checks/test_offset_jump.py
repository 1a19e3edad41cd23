from dataclasses import replace

from kdiag.finding import group
from kdiag.sections import CommitHistory
from kdiag.snapshot import Missing
from tests.tables import (
    ago,
    commit_history,
    commits,
    generation_history,
    members,
    offsets,
    past_member,
    topic_configs,
)

KEY, LOG = ("app", "orders", 0), ("orders", 0)
TEAM = {"group": "app", "member_id": "a", "subscription": ("orders",), "assignment": (LOG,)}
OCCUPIED = generation_history(
    {"group": "app", "written_at": ago(5000), "members": (past_member("a"),)}
)


def scene(*steps, start=0, end=10_000, before=None, retention="604800000"):
    """A group that committed (seconds ago, offset), with its log."""
    [*_, (_, last)] = steps
    now = [
        members(TEAM),
        commits({KEY: last}),
        offsets({LOG: end}, start=start),
        commit_history({KEY: steps}),
        topic_configs({"orders": {"retention.ms": retention}}),
        OCCUPIED,
    ]
    then = [commits({KEY: last}, at=ago(5)), offsets({LOG: end - 50}, at=ago(5), start=start)]
    return now, then


SKIPPED = scene((60, 100), (40, 150), (20, 5_000), (10, 5_050), start=3_000)
REREAD = scene((900, 8_000), (890, 8_100), (880, 50), (870, 500), (10, 9_000))


def test_fires_for_a_step_over_deleted_records(judge):
    now, then = SKIPPED

    [finding] = judge("offset-jump", *now, earlier=then).findings

    assert finding.subject == group("app", "orders")
    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert (finding.evidence["from_offset"], finding.evidence["to_offset"]) == (150, 5_000)
    assert finding.since == ago(20)
    assert "--to-offset 3000 --execute" in finding.actions[1].command


def test_fires_for_a_step_back_to_the_start(judge):
    now, then = REREAD

    [finding] = judge("offset-jump", *now, earlier=then).findings

    assert (finding.evidence["from_offset"], finding.evidence["to_offset"]) == (8_100, 50)
    assert "a second time" in finding.impact


def test_is_only_possible_without_generations(judge):
    now, then = REREAD

    [finding] = judge("offset-jump", *now[:-1], earlier=then).findings

    assert finding.confidence == "possible"


def test_is_silent_for_a_reset_of_a_group_that_was_empty(judge):
    now, then = REREAD
    reset = generation_history(
        {"group": "app", "written_at": ago(5000), "members": (past_member("a"),)},
        {"group": "app", "written_at": ago(885), "state_since": ago(885)},
        {"group": "app", "written_at": ago(875), "members": (past_member("b"),)},
    )

    assert judge("offset-jump", *now[:-1], reset, earlier=then).status == "ok"


def test_is_silent_for_a_group_that_caught_up_in_one_step(judge):
    now, then = scene((900, 100), (300, 150), (20, 9_000), (10, 9_050))

    assert judge("offset-jump", *now, earlier=then).status == "ok"


def test_is_silent_where_retention_has_passed_a_normal_step_since(judge):
    """The log holds ten minutes; the step was half an hour ago."""
    steps = [(1900, 100), (1800, 3_900), (900, 6_000), (400, 8_000), (10, 9_000)]
    now, then = scene(*steps, start=4_000, retention="600000")

    assert judge("offset-jump", *now, earlier=then).status == "ok"


def test_is_silent_for_records_read_twice_after_a_rebalance(judge):
    now, then = scene((900, 8_000), (890, 8_400), (880, 8_100), (10, 9_000))

    assert judge("offset-jump", *now, earlier=then).status == "ok"


def test_is_silent_for_topics_from_which_what_was_read_is_deleted(judge):
    now, then = ([_renamed(each, "orders-repartition") for each in part] for part in SKIPPED)

    assert judge("offset-jump", *now, earlier=then).status == "ok"


def _renamed(section, name):
    """Return the section with all its rows of another topic."""
    if "topic" not in section.rows:
        return section
    return replace(section, rows=section.rows.assign(topic=name))


def test_is_unknown_without_history(judge):
    now, then = SKIPPED
    absent = {CommitHistory: Missing("not authorised", "Read on Topic __consumer_offsets")}

    result = judge("offset-jump", *now, earlier=then, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Read on Topic __consumer_offsets"
