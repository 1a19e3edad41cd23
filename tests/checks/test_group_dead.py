from dataclasses import replace

import pytest

from kdiag.finding import group
from kdiag.sections import Groups, Members
from kdiag.snapshot import Missing
from tests.lag_scenes import Part, Scene
from tests.tables import ago, broker_configs, generation_history, past_member

FROZEN = Part(lag=9_000, stands=900)
EMPTY = {"team": (), "state": {"state": "Empty"}}
LEFT = generation_history(
    {"group": "app", "written_at": ago(5000), "members": (past_member("a"),)},
    {"group": "app", "written_at": ago(890), "state_since": ago(890)},
)
KEPT = broker_configs({1: {"offsets.retention.minutes": "10080"}})
DEAD = Scene([FROZEN] * 3, **EMPTY) + LEFT + KEPT


def quiet(judge, scene):
    return judge("group-dead", *scene.now(), earlier=scene.then()).status


def test_fires_for_an_empty_group_whose_topic_is_written(judge):
    [finding] = judge("group-dead", *DEAD.now(), earlier=DEAD.then()).findings

    assert finding.subject == group("app", "orders")
    assert (finding.severity, finding.confidence) == ("critical", "certain")
    assert finding.evidence["lag_records"] == 27_000
    assert finding.since == ago(890)
    assert "11:45:10 UTC" in finding.cause


def test_says_when_its_offsets_expire(judge):
    [finding] = judge("group-dead", *DEAD.now(), earlier=DEAD.then()).findings

    assert "expire in 6 d 23 h" in finding.impact


def test_fires_without_history_with_less_confidence(judge):
    scene = Scene([FROZEN] * 3, reach=0, **EMPTY)

    [finding] = judge("group-dead", *scene.now(), earlier=scene.then()).findings

    assert finding.confidence == "likely"
    assert finding.since is None


def test_is_silent_for_a_finished_job_at_the_end(judge):
    assert quiet(judge, Scene([Part(writes=0, reads=0, stands=3000)] * 3, **EMPTY)) == "ok"


def test_is_silent_where_the_topic_is_not_written_any_more(judge):
    assert quiet(judge, Scene([Part(lag=50, writes=0, reads=0)] * 3, **EMPTY)) == "ok"


def test_is_silent_for_a_simple_consumer_that_commits(judge):
    """assign() with commits: state Empty and no members for ever, yet it reads."""
    simple = {"team": (), "state": {"state": "Empty", "protocol_type": ""}}

    assert quiet(judge, Scene([Part(lag=20)] * 3, **simple)) == "ok"


def test_a_group_that_never_had_members_gets_ten_minutes(judge):
    simple = {"team": (), "state": {"state": "Empty", "protocol_type": ""}}

    assert quiet(judge, Scene([Part(lag=2_000, stands=200)] * 3, **simple)) == "ok"


def test_is_silent_for_a_job_that_runs_at_intervals(judge):
    runs = [(4000, 3000), (2900, 1900), (1800, 900)]
    rows = []
    for empty_from, full_from in runs:
        rows.append({"written_at": ago(empty_from), "state_since": ago(empty_from)})
        rows.append({"written_at": ago(full_from), "members": (past_member("a"),)})
    rows.append({"written_at": ago(890), "state_since": ago(890)})
    nightly = generation_history(*({"group": "app", **row} for row in rows))

    assert quiet(judge, Scene([FROZEN] * 3, **EMPTY) + nightly) == "ok"


def test_is_silent_below_the_floor(judge):
    result = judge("group-dead", *DEAD.now(), earlier=DEAD.then(), min_lag_records=100_000)

    assert result.status == "ok"


@pytest.mark.parametrize("protocol_type", ["connect", "sr", "share"])
def test_is_silent_for_what_is_no_consumer_group(judge, protocol_type):
    scene = replace(DEAD, state={"state": "Empty", "protocol_type": protocol_type})

    assert quiet(judge, scene) == "not_applicable"


def test_is_unknown_with_one_sample(judge):
    result = judge("group-dead", *DEAD.now())

    assert result.status == "unknown"
    assert result.needs == "--sample-seconds"


def test_is_unknown_without_groups(judge):
    now = [section for section in DEAD.now() if not isinstance(section, Groups | Members)]
    absent = {kind: Missing("not authorised", "Describe on Cluster") for kind in (Groups, Members)}

    result = judge("group-dead", *now, earlier=DEAD.then(), absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on Cluster"


BACK_ONCE = generation_history(
    {"group": "app", "written_at": ago(90_000), "members": (past_member("a"),)},
    {"group": "app", "written_at": ago(80_000), "state_since": ago(80_000)},
    {"group": "app", "written_at": ago(79_000), "members": (past_member("b"),)},
    {"group": "app", "written_at": ago(890), "state_since": ago(890)},
)
TENANT = "tenant-6f1c2e9a-0b1d-4c77-9a52-1f3f6f1f7a10"


def named(name, scene=DEAD):
    """Return both samples of a dead group under another name."""
    samples = ([s for s in scene.now() if hasattr(s, "rows")], scene.then())
    return [
        [
            replace(each, rows=each.rows.assign(group=name)) if "group" in each.rows else each
            for each in sections
        ]
        for sections in samples
    ]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("console-consumer-48213", 0),
        ("feed-6f1c2e9a-0b1d-4c77-9a52-1f3f6f1f7a10", 0),
        ("console-consumer-orders", 1),
    ],
)
def test_is_silent_where_a_client_drew_the_name_for_one_run(judge, name, found):
    """kafka-console-consumer.sh, and pods that read under an id of their own: they never return."""
    now, then = named(name)

    assert len(judge("group-dead", *now, earlier=then).findings) == found


def test_fires_where_a_name_like_those_has_outlived_a_run(judge):
    now, then = named(TENANT, Scene([FROZEN] * 3, **EMPTY) + BACK_ONCE + KEPT)

    [finding] = judge("group-dead", *now, earlier=then).findings

    assert finding.subject == group(TENANT, "orders")
