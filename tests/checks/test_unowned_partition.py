from dataclasses import replace

import pandas
import pytest

from kdiag.finding import group
from kdiag.sections import Groups, Members, Offsets
from kdiag.snapshot import Missing
from tests.lag_scenes import Part, Scene
from tests.tables import offsets, past_ends

FINE = Part(lag=20)
FROZEN = Part(lag=9_000, stands=900, owner=None)
HOLE = Scene([FROZEN, FINE, FINE])
QUIET_HOLE = Scene([Part(writes=0, reads=0, owner=None), FINE, FINE])


def then(scene, before=None):
    """Return the first sample with its groups and members: those of another scene, if told."""
    old = (before or scene).now()
    return [*scene.then(), *(each for each in old if isinstance(each, Groups | Members))]


@pytest.mark.parametrize("scene", [HOLE, QUIET_HOLE])
def test_fires_for_a_partition_without_an_owner_in_both_samples(judge, scene):
    [finding] = judge("unowned-partition", *scene.now(), earlier=then(scene)).findings

    assert finding.subject == group("app", "orders")
    assert finding.severity == "warning"
    assert finding.evidence["unowned_partitions"] == [0]


def test_says_how_far_behind_the_group_is(judge):
    [finding] = judge("unowned-partition", *HOLE.now(), earlier=then(HOLE)).findings

    assert "records behind" in finding.symptom


def test_is_silent_where_it_had_an_owner_before(judge):
    before = Scene([FINE] * 3)

    assert judge("unowned-partition", *HOLE.now(), earlier=then(HOLE, before)).status == "ok"


def test_is_silent_while_the_group_rebalances(judge):
    scene = replace(HOLE, state={"state": "CompletingRebalance"})

    assert judge("unowned-partition", *scene.now(), earlier=then(scene)).status == "ok"


def test_is_silent_for_topics_that_no_member_subscribes_to(judge):
    """assign() to some partitions, or a topic that was left behind."""
    team = [{"member_id": "a", "subscription": (), "assignment": (("orders", 1), ("orders", 2))}]
    scene = replace(HOLE, team=team)

    assert judge("unowned-partition", *scene.now(), earlier=then(scene)).status == "ok"


@pytest.mark.parametrize("state", [{"protocol": "stream"}, {"protocol_type": "connect"}])
def test_is_silent_for_streams_and_connect(judge, state):
    scene = replace(HOLE, state=state)

    assert judge("unowned-partition", *scene.now(), earlier=then(scene)).status == "ok"


def test_is_silent_where_an_assignment_cannot_be_decoded(judge):
    team = [{"member_id": "a", "subscription": ("orders",), "assignment": None}]
    scene = replace(HOLE, team=team)

    assert judge("unowned-partition", *scene.now(), earlier=then(scene)).status == "ok"


def test_one_sample_does_not_suffice_where_there_is_a_suspect(judge):
    result = judge("unowned-partition", *HOLE.now())

    assert result.status == "unknown"
    assert result.needs == "--sample-seconds"


def test_is_unknown_without_members(judge):
    now = [section for section in HOLE.now() if not isinstance(section, Members)]
    absent = {Members: Missing("not authorised", "Describe on Group app")}

    assert judge("unowned-partition", *now, earlier=then(HOLE), absent=absent).status == "unknown"


ASSIGNED = {"team": (), "state": {"state": "Empty", "protocol_type": ""}}
ENDED = Scene([Part(lag=9_000, stands=500, owner=None), FINE, FINE], **ASSIGNED)


def test_fires_where_one_of_several_that_assign_partitions_to_themselves_has_ended(judge):
    """Nobody takes over: the group has no members, and commits go on for the other partitions."""
    [finding] = judge("unowned-partition", *ENDED.now(), earlier=then(ENDED)).findings

    assert (finding.subject, finding.severity) == (group("app", "orders"), "warning")
    assert finding.evidence["unowned_partitions"] == [0]
    assert "orders-0" in finding.symptom


@pytest.mark.parametrize(
    "part",
    [
        Part(lag=9_000, stands=100, owner=None),  # it may be a restart
        Part(lag=0, writes=0, reads=0, stands=500, owner=None),  # nothing waits there
    ],
)
def test_is_silent_for_such_a_group_while_nothing_is_lost(judge, part):
    scene = Scene([part, FINE, FINE], **ASSIGNED)

    assert judge("unowned-partition", *scene.now(), earlier=then(scene)).status == "ok"


def test_a_partition_that_was_committed_once_was_no_work_of_such_a_group(judge):
    scene = replace(ENDED, gap=890)

    assert not judge("unowned-partition", *scene.now(), earlier=then(scene)).findings


GROWN = Scene([FINE, FINE])
TWO_MORE = offsets({("orders", p): 1_000 for p in range(4)})


def grown(judge, then_ends):
    """Judge a group that reads partitions 0 and 1, two more of which ended there an hour ago."""
    old = past_ends({("orders", p): end for p, end in zip((2, 3), then_ends, strict=True)})
    ends = next(each for each in GROWN.now() if isinstance(each, Offsets))
    both = replace(ends, rows=pandas.concat([ends.rows, TWO_MORE.rows.tail(2)], ignore_index=True))
    now = [each for each in GROWN.now() if not isinstance(each, Offsets)]
    return judge("unowned-partition", *now, both, old, earlier=then(GROWN)).findings


def test_fires_where_partitions_were_added_and_nobody_took_notice(judge):
    """A client that never refreshes its metadata: the group never committed for them."""
    [finding] = grown(judge, (500, None))

    assert finding.evidence["unowned_partitions"] == [2, 3]


def test_is_silent_where_partitions_were_added_within_the_hour(judge):
    assert not grown(judge, (0, 0))
