from dataclasses import replace

from kdiag.finding import group
from kdiag.sections import Members
from kdiag.snapshot import Missing
from tests.lag_scenes import Part, Scene

SLOW = Part(lag=6_000, reads=5)
FULL = Scene([replace(SLOW, owner=name) for name in "abc"])


def test_fires_where_every_partition_has_its_member(judge):
    [finding] = judge("partition-ceiling", *FULL.now(), earlier=FULL.then()).findings

    assert finding.subject == group("app", "orders")
    assert (finding.severity, finding.confidence) == ("warning", "certain")
    assert "--partitions 6" in finding.actions[1].command
    assert finding.actions[1].effect == "disruptive"


def test_is_silent_where_there_is_room_for_members(judge):
    scene = Scene([SLOW] * 3)

    assert judge("partition-ceiling", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_for_a_full_group_that_keeps_up(judge):
    scene = Scene([Part(lag=20, owner=name) for name in "abc"])

    assert judge("partition-ceiling", *scene.now(), earlier=scene.then()).status == "ok"


def test_members_that_read_something_else_do_not_fill_it(judge):
    others = [
        {"member_id": f"x{n}", "subscription": ("other",), "assignment": (("other", n),)}
        for n in range(4)
    ]
    mine = {
        "member_id": "a",
        "subscription": ("orders",),
        "assignment": tuple(("orders", p) for p in range(3)),
    }
    scene = Scene([SLOW] * 3, team=[mine, *others])

    assert judge("partition-ceiling", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_unknown_without_members(judge):
    now = [section for section in FULL.now() if not isinstance(section, Members)]
    absent = {Members: Missing("not authorised", "Describe on Group app")}

    assert judge("partition-ceiling", *now, earlier=FULL.then(), absent=absent).status == "unknown"
