"""The triage of lag: one verdict for each state of affairs, none for its look-alikes."""

from dataclasses import replace

import pytest

import kdiag.api  # noqa: F401  (registers the derivations)
from kdiag.analysis.triage import LagVerdicts
from kdiag.snapshot import Snapshot
from kdiag.view import View
from tests.lag_scenes import END, Part, Scene
from tests.tables import (
    NOW,
    ago,
    commit_history,
    commits,
    end_offset_history,
    generation_history,
    offsets,
    past_member,
    topics,
    transaction_history,
)

SLOW = Part(lag=6_000, reads=5)
CAUGHT_UP = Part(lag=20)
FROZEN = Part(lag=9_000, stands=900)
ALONE = {"member_id": "a", "assignment": tuple(("orders", p) for p in range(3))}
EMPTY = {"team": (), "state": {"state": "Empty"}}


def verdicts(now, then=None):
    earlier = None
    if then is not None:
        earlier = Snapshot(taken_at=ago(5), sections={type(each): each for each in then})
    sections = {type(each): each for each in now}
    return View(Snapshot(taken_at=NOW, sections=sections, earlier=earlier)).get(LagVerdicts)


def verdict(scene):
    found = verdicts(scene.now(), scene.then())
    assert isinstance(found, LagVerdicts), found
    [row] = found.rows.itertuples()
    return row


def emptied(*spans):
    """Return generations with members that ended so many seconds ago, and began again."""
    rows = []
    for empty_from, empty_until in spans:
        rows.append({"written_at": ago(empty_from + 60), "members": (past_member("a"),)})
        rows.append({"written_at": ago(empty_from), "state_since": ago(empty_from)})
        if empty_until:
            rows.append({"written_at": ago(empty_until), "members": (past_member("a"),)})
    return generation_history(*({"group": "app", **row} for row in rows))


FAULTS = {
    "all partitions fall behind, and there is room": (
        Scene([SLOW] * 3),
        ("slow-consumer", "certain"),
    ),
    "they fall behind unevenly, as clients that fetch in turns do": (
        Scene([replace(SLOW, reads=r) for r in (3, 5, 8)]),
        ("slow-consumer", "certain"),
    ),
    "all partitions fall behind, and every one has a member": (
        Scene([replace(SLOW, owner=name) for name in "abc"]),
        ("partition-ceiling", "certain"),
    ),
    "partitions for which nothing was committed yet count": (
        Scene([SLOW], team=[{**ALONE, "subscription": ("orders",)}]),
        ("slow-consumer", "certain"),
    ),
    "more members than partitions": (
        Scene(
            [SLOW],
            team=[
                {**ALONE, "assignment": (("orders", 0),)},
                {"member_id": "b", "subscription": ("orders",)},
            ],
        ),
        ("partition-ceiling", "certain"),
    ),
    "input jumped, reading goes on as before": (
        Scene([Part(lag=3_000, writes=50, reads=10, burst=90, wrote=10)] * 3, reach=900),
        ("producer-burst", "likely"),
    ),
    "one partition gets far more than the others": (
        Scene([Part(lag=9_000, writes=100, reads=20), CAUGHT_UP, CAUGHT_UP]),
        ("hot-partition", "certain"),
    ),
    "the hot partition drags along another one of its owner": (
        Scene(
            [
                Part(lag=9_000, writes=100, reads=20),
                Part(lag=400, reads=5),
                *[replace(CAUGHT_UP, owner=name) for name in "bbcc"],
            ]
        ),
        ("hot-partition", "certain"),
    ),
    "all partitions of one member fall behind": (
        Scene([SLOW, SLOW, *[replace(CAUGHT_UP, owner=name) for name in "bbcc"]]),
        ("slow-member", "certain"),
    ),
    "a member stands, and commits nothing": (
        Scene([FROZEN, FROZEN, replace(CAUGHT_UP, owner="b")]),
        ("stuck-consumer", "certain"),
    ),
    "a member stands, and commits the same again": (
        Scene([replace(FROZEN, repeats=True)] * 3),
        ("stuck-consumer", "certain"),
    ),
    "one partition stands, its member moves on the others": (
        Scene([FROZEN, CAUGHT_UP, CAUGHT_UP]),
        ("poison-record", "likely"),
    ),
    "every partition stands at the last stable offset": (
        Scene([replace(FROZEN, last_stable=END - 9_000)] * 3),
        ("reader-blocked-by-transaction", "certain"),
    ),
    "the last member left, and records arrive": (
        Scene([FROZEN] * 3, **EMPTY) + emptied((900, None)),
        ("group-dead", "certain"),
    ),
    "members, but none of them wants the topic": (
        Scene([FROZEN] * 3, team=[{"member_id": "a", "subscription": ("other",)}]),
        ("abandoned-topic", "certain"),
    ),
    "one partition has no owner": (
        Scene([replace(FROZEN, owner=None), CAUGHT_UP, CAUGHT_UP]),
        ("unowned-partition", "certain"),
    ),
    "nobody reads while the group rebalances": (
        Scene([FROZEN] * 3, state={"state": "PreparingRebalance"}),
        ("rebalancing", "certain"),
    ),
}


@pytest.mark.parametrize(("scene", "expected"), FAULTS.values(), ids=FAULTS.keys())
def test_names_the_state_of_affairs(scene, expected):
    row = verdict(scene)

    assert (row.verdict, row.confidence) == expected


def aborts(*ends):
    """Return transactions on all partitions that were ended so, so many seconds ago."""
    return transaction_history(
        *(("writer", f"Prepare{end}", 3, seconds) for end, seconds in ends),
        partitions=[("orders", number) for number in range(3)],
    )


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ([("Commit", 410), ("Abort", 300), ("Abort", 5)], "waiting"),
        ([("Abort", 590), ("Abort", 5)], "waiting"),
        ([("Commit", 410), ("Abort", 300), ("Commit", 200), ("Abort", 5)], "stuck-consumer"),
        ([("Abort", 300), ("Commit", 5)], "stuck-consumer"),
        ([], "stuck-consumer"),
    ],
)
def test_nothing_is_to_be_read_where_everything_since_was_aborted(ends, expected):
    assert verdict(Scene([Part(lag=4_000, stands=400)] * 3) + aborts(*ends)).verdict == expected


def test_aborts_explain_no_standstill_that_is_older_than_what_is_known_of_them():
    assert verdict(Scene([FROZEN] * 3) + aborts(("Abort", 590), ("Abort", 5))).verdict == (
        "stuck-consumer"
    )


def test_a_burst_is_compared_with_what_was_usual_and_not_with_itself():
    """A search for the age of a backlog leaves several points within the burst."""
    ages = (30, 35, 40, 45, 50, 60, 120, 300, 600)
    scene = Scene([Part(lag=3_000, writes=50, reads=10, burst=75, wrote=10)] * 3, ages=ages)

    assert verdict(scene).verdict == "producer-burst"


def test_names_who_is_slow():
    row = verdict(FAULTS["all partitions of one member fall behind"][0])

    assert row.culprit_members == ("a",)
    assert row.culprit_partitions == (0, 1)


def test_a_static_member_within_its_session_may_be_dead():
    history = generation_history(
        {
            "group": "app",
            "written_at": ago(2000),
            "members": (past_member("a", instance_id="app-0", session_timeout_ms=600_000),),
        }
    )
    team = [{**ALONE, "instance_id": "app-0", "subscription": ("orders",)}]
    young = Scene([Part(lag=4_000, stands=400)] * 3, team=team) + history
    old = Scene([Part(lag=9_000, stands=900)] * 3, team=team) + history

    assert verdict(young).verdict == "static-zombie"
    assert verdict(old).verdict == "stuck-consumer"


HEALTHY = {
    "an idle topic": Scene([Part(lag=0, writes=0, reads=0, stands=3000)] * 3),
    "a finished job": Scene([Part(lag=0, writes=0, reads=0, stands=3000)] * 3, **EMPTY),
    "a job that ended before the end, of a topic that nobody writes": Scene(
        [Part(lag=50, writes=0, reads=0, stands=3000)] * 3, **EMPTY
    ),
    "what a job left of a topic that was last written two hours ago": Scene(
        [Part(lag=50, writes=0, reads=0, stands=7500, burst=7200, wrote=1)] * 3,
        ages=(30, 600, 3600, 7000, 9000),
        **EMPTY,
    )
    + emptied((7100, None)),
    "commits every ten minutes": Scene([Part(lag=5_000, stands=500)] * 3, gap=600, reach=7200),
    "commits every ten minutes, of a slow topic": Scene(
        [Part(lag=50, writes=0.1, reads=0.1, stands=500)] * 3, gap=600, reach=7200
    ),
    "a nightly job between two runs": Scene([FROZEN] * 3, **EMPTY)
    + emptied((4000, 2800), (2500, 1300), (900, None)),
    "a new group that drains": Scene([Part(lag=500_000, reads=500)] * 3),
    "a group that drains one partition after the other": Scene(
        [Part(lag=50_000, reads=500), Part(lag=50_000, reads=500, stands=100), CAUGHT_UP]
    ),
    "a simple consumer that commits": Scene(
        [CAUGHT_UP] * 3, team=(), state={"state": "Empty", "protocol_type": ""}
    ),
    "a simple consumer that commits rarely": Scene(
        [Part(lag=2_000, stands=200)] * 3, gap=250, team=(), state={"state": "Empty"}
    ),
    "a mirrored group: empty, and its offsets move": Scene([Part(lag=600, stands=4)] * 3, **EMPTY),
    "a transaction marker at the end": Scene([Part(lag=1, writes=0, reads=0, stands=800)] * 3),
    "commits of the last record's offset instead of the next": Scene(
        [Part(lag=1, writes=0, wrote=10, burst=200, stands=200)] * 3
    ),
    "commits once a minute, and began three minutes ago": Scene(
        [Part(lag=500, stands=50)] * 3, gap=60, reach=170
    ),
    "commits once a minute, and did so twice": Scene(
        [Part(lag=500, stands=50)] * 3, gap=60, reach=110
    ),
    "pauses under back-pressure": Scene([Part(lag=400, stands=40)] * 3, gap=60),
    "a backlog of steady size": Scene([Part(lag=6_000)] * 3),
    "a hot partition that keeps up": Scene([Part(lag=200, writes=100, reads=100), CAUGHT_UP]),
    "a burst that keeps up": Scene([Part(lag=100, writes=100, reads=100, burst=90, wrote=5)] * 3),
    "a young backlog": Scene([Part(lag=200, stands=20)] * 3),
    "read_committed readers, and a busy transaction": Scene(
        [Part(lag=30, last_stable=END - 10)] * 3
    ),
}
QUIET = {"caught-up", "moving", "waiting", "periodic", "rebalancing"}


@pytest.mark.parametrize("scene", HEALTHY.values(), ids=HEALTHY.keys())
def test_is_quiet_about_what_only_looks_like_it(scene):
    assert verdict(scene).verdict in QUIET


@pytest.mark.parametrize("scene", HEALTHY.values(), ids=HEALTHY.keys())
def test_is_quiet_about_it_without_history_too(scene):
    """What only the history tells from a fault may be named, but never as certain."""
    row = verdict(replace(scene, reach=0, more=()))

    assert row.verdict in QUIET or row.confidence != "certain"


@pytest.mark.parametrize("scene", [one for one, _ in FAULTS.values()], ids=FAULTS.keys())
def test_is_not_certain_without_history(scene):
    row = verdict(replace(scene, reach=0, more=()))

    assert row.verdict in QUIET or row.confidence != "certain" or row.verdict in CERTAIN_ANYWAY


CERTAIN_ANYWAY = {"abandoned-topic", "unowned-partition", "reader-blocked-by-transaction"}
"""What assignments, subscriptions and the last stable offset tell by themselves."""


def test_a_group_that_committed_once_may_commit_rarely():
    row = verdict(Scene([Part(lag=500, stands=50)] * 3, gap=60, reach=50))

    assert (row.verdict, row.confidence) == ("stuck-consumer", "possible")
    assert verdict(Scene([FROZEN] * 3, gap=1000)).confidence == "certain"


def test_one_sample_does_not_suffice_where_something_is_behind():
    missing = verdicts(Scene([SLOW] * 3, sample=0).now())

    assert missing.grant == "--sample-seconds"


def test_one_sample_suffices_where_nothing_is_behind():
    assert verdict(Scene([CAUGHT_UP] * 3, sample=0)).verdict in QUIET


def test_clocks_of_coordinators_that_go_back_do_not_matter():
    times = [*range(900, 300, -5), *range(500, 0, -5)]
    history = {
        ("app", "orders", p): [
            (age, END - 6_000 - 5 * (len(times) - n)) for n, age in enumerate(times)
        ]
        for p in range(3)
    }

    assert verdict(Scene([SLOW] * 3) + commit_history(history)).verdict == "slow-consumer"


def test_a_history_that_begins_a_moment_ago_claims_nothing_certain():
    for part in (FROZEN, SLOW):
        row = verdict(Scene([part] * 3, reach=10))

        assert row.confidence != "certain"


def test_commits_of_a_topic_that_was_made_anew_do_not_count():
    old = {
        ("app", "orders", p): [(age, 5_000_000 - age) for age in range(900, 0, -5)]
        for p in range(3)
    }
    scene = Scene([Part(lag=400, stands=0, reads=10)] * 3)
    scene += commit_history(old, topic_ids={"orders": "old-id"})
    scene += topics({"topic": "orders", "topic_id": "new-id"})

    assert verdict(scene).verdict in QUIET


def test_a_group_that_was_not_there_before_is_no_crash():
    scene = Scene([SLOW] * 3)
    before = [commits({}, at=ago(5)), scene.then()[1]]

    assert isinstance(verdicts(scene.now(), before), LagVerdicts)


def test_a_partition_that_was_not_there_before_is_no_crash():
    scene = Scene([FROZEN] * 3, reach=0)
    before = [
        commits({("app", "orders", 0): 5}, at=ago(5)),
        offsets({("orders", 0): END}, at=ago(5)),
    ]

    assert isinstance(verdicts(scene.now(), before), LagVerdicts)


def test_a_group_that_was_deleted_half_way_is_no_crash():
    scene = Scene([FROZEN] * 3, team=(), state={"group": "another"})

    assert len(verdicts(scene.now(), scene.then())) == 0


def test_a_group_whose_members_are_not_decoded_is_not_called_unowned():
    team = [{"member_id": "a", "subscription": None, "assignment": None}]

    assert verdict(Scene([FROZEN] * 3, team=team)).verdict not in (
        "unowned-partition",
        "abandoned-topic",
    )


def test_a_partition_without_past_is_no_crash():
    scene = Scene([SLOW] * 3)
    scene += end_offset_history({("orders", 0, 30): END - 300})

    assert isinstance(verdicts(scene.now(), scene.then()), LagVerdicts)


def test_members_of_another_topic_only_do_not_make_a_ceiling():
    """Two members for three partitions, and four of the same group that read something else."""
    others = [
        {"member_id": f"x{n}", "subscription": ("other",), "assignment": (("other", n),)}
        for n in range(4)
    ]
    mine = [{**ALONE, "subscription": ("orders",)}]

    assert verdict(Scene([SLOW] * 3, team=[*mine, *others])).verdict == "slow-consumer"


def test_groups_that_are_no_consumers_have_no_verdict():
    scene = Scene([FROZEN] * 3, state={"protocol_type": "connect"})

    assert len(verdicts(scene.now(), scene.then())) == 0


def test_says_since_when_a_group_is_empty():
    row = verdict(FAULTS["the last member left, and records arrive"][0])

    assert row.emptied_at == ago(900)


def test_a_steady_backlog_that_is_a_little_higher_than_half_a_minute_ago_does_not_rise():
    """Input comes in gusts: over five minutes as much is read as is written."""
    gust = Part(lag=6_000, writes=20, reads=10, burst=30, wrote=9)

    assert verdict(Scene([gust] * 3)).verdict in QUIET


def test_records_that_were_deleted_are_no_backlog_of_that_age():
    """The oldest unread record is the first one that is left, not the one that was committed."""
    scene = Scene([Part(lag=9_000, stands=900)], **EMPTY)
    now = [
        replace(each, rows=each.rows.assign(log_start_offset=END - 400))
        if "log_start_offset" in getattr(each, "rows", ())
        else each
        for each in scene.now()
    ]

    [row] = verdicts(now, scene.then()).rows.itertuples()

    assert (row.oldest_unread_seconds, row.oldest_unread_upper_seconds) == (30, 60)
