"""The score of a diagnosis: what is right, what is wrong, and the table."""

from dataclasses import replace

from kdiag.cli.scoring import Scored, judge, markdown
from kdiag.finding import Finding, Reported, broker, group
from kdiag.lab.fault import Fault
from tests.render.reports import broken

STUCK = Fault(
    name="blocked",
    title="Blocked",
    inject=lambda lab: None,
    expects=(("stuck-consumer", {"type": "group", "group": "g", "topic": "t"}),),
    forbids=("group-dead",),
    objects=("g", "t"),
)
QUIET = Fault(
    name="idle", title="Idle", inject=lambda lab: None, forbids=("group-dead",), objects=("g",)
)


def item(check, subject, severity="warning", explained_by=None):
    finding = Finding(severity, subject, "symptom", "impact")
    fingerprint = f"{check} {subject}"
    return Reported(check, finding, fingerprint, explained_by=explained_by)


def report(*items):
    return replace(broken(), findings=items)


def test_a_fault_is_right_where_its_check_names_its_object_as_a_root():
    scored = judge(STUCK, report(item("stuck-consumer", group("g", "t"))), 3.0)

    assert scored.is_right
    assert scored.seconds == 3.0


def test_the_right_check_on_another_object_is_not_the_fault():
    elsewhere = judge(STUCK, report(item("stuck-consumer", group("h", "t2"))), 3.0)
    too_wide = judge(STUCK, report(item("stuck-consumer", group("g"))), 3.0)

    assert (elsewhere.is_seen, elsewhere.is_object) == (False, False)
    assert (too_wide.is_seen, too_wide.is_object, too_wide.is_right) == (True, False, False)


def test_a_fault_folded_under_an_unexpected_root_is_seen_and_not_root():
    root = item("broker-down", broker(3))
    folded = item("stuck-consumer", group("g", "t"), explained_by=root.fingerprint)

    scored = judge(STUCK, report(root, folded), 3.0)

    assert (scored.is_seen, scored.is_object, scored.is_root) == (True, True, False)


def test_a_forbidden_check_on_its_object_is_wrong_and_on_another_is_not():
    right = item("stuck-consumer", group("g", "t"))

    assert judge(STUCK, report(right, item("group-dead", group("h", "u"))), 3.0).is_right
    scored = judge(STUCK, report(right, item("group-dead", group("g", "t"))), 3.0)
    assert scored.wrong == ("group-dead",)
    assert not scored.is_right


def test_a_look_alike_allows_nothing_above_info_about_its_objects():
    assert judge(QUIET, report(item("lag-growing", group("h", "t"))), 3.0).is_right
    assert judge(QUIET, report(item("idle-members", group("g"), "info")), 3.0).is_right
    assert judge(QUIET, report(item("lag-growing", group("g", "t"))), 3.0).wrong == ("lag-growing",)


def test_the_table_counts_and_names():
    text = markdown(
        [
            Scored("blocked", "Blocked", ("stuck-consumer",), None, True, True, True, (), 61.0),
            Scored("dead", "Dead", ("group-dead",), error="The lab waited in vain."),
            Scored("idle", "Idle", (), wrong=("lag-growing",), seconds=9.0),
        ]
    )

    assert "1 of 2 faults are named" in text
    assert "0 of 1 look-alikes are silent." in text
    assert "| blocked | stuck-consumer | yes | yes | yes |  | 61 |\n" in text
    assert "| dead | group-dead | no | no | no | The lab waited in vain. | 0 |\n" in text
    assert "| idle | no | lag-growing | 9 |\n" in text
