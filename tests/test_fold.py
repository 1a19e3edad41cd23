"""What a waived root explains is waived with it, but for what another cause explains as well."""

from dataclasses import replace

import pytest

from kdiag.check import Said as CheckSaid
from kdiag.check import check
from kdiag.correlate import correlate
from kdiag.finding import CLUSTER, CheckResult, Finding, Waiver, broker, partition, topic
from kdiag.fold import Mark
from kdiag.sections import Brokers

WAIVER = Waiver("planned", "ops", "2026-12-31", allow_critical=True)
SHY = Waiver("planned", "ops", "2026-12-31")


def make(name, explained_by=()):
    def function(table: Brokers) -> CheckSaid:
        """Test."""
        yield from ()

    function.__name__ = name.replace("-", "_")
    return check(area="itself", explained_by=explained_by)(function).check


CHECKS = {
    declared.id: declared
    for declared in (
        make("root"),
        make("other"),
        make("middle", ("root", "other")),
        make("leaf", ("middle", "root", "other")),
        make("left", ("right",)),
        make("right", ("left",)),
    )
}


def fault(subject, *covered, severity="warning", because_of=()):
    return Finding(
        severity,
        subject,
        f"{subject} is ill.",
        "It hurts.",
        covers=frozenset(covered),
        because_of=frozenset(because_of),
    )


def folded(waived, **findings):
    """Return each check's findings as (check, check of its root or None, is it waived)."""
    results = [CheckResult(name, "problem", tuple(items)) for name, items in findings.items()]

    def marking(id_, finding):
        return Mark(waived.get((id_, finding.subject)))

    reported = correlate(results, CHECKS, "c", marking)
    by_print = {item.fingerprint: item for item in reported}
    assert len(by_print) == len(reported)
    told = {}
    for item in reported:
        root = by_print.get(item.explained_by)
        top = item.waiver or (root.waiver if root else None)
        told.setdefault(item.check, []).append((root.check if root else None, bool(top)))
    return told


A, B, C = topic("a"), topic("b"), topic("c")


def test_what_only_a_waived_root_explains_is_waived_with_it():
    told = folded(
        {("root", A): WAIVER},
        root=[fault(A, B)],
        middle=[fault(B, C)],
        leaf=[fault(C)],
    )

    assert told == {
        "root": [(None, True)],
        "middle": [("root", True)],
        "leaf": [("root", True)],
    }


def test_what_another_root_explains_as_well_stays_in_sight_under_that_one():
    told = folded({("root", A): WAIVER}, root=[fault(A, C)], other=[fault(B, C)], middle=[fault(C)])

    assert told["middle"] == [("other", False)]


def test_without_the_waiver_the_first_root_takes_it():
    told = folded({}, root=[fault(A, C)], other=[fault(B, C)], middle=[fault(C)])

    assert told["middle"] == [("root", False)]


def test_two_findings_of_one_check_are_two_roots():
    told = folded({("root", A): WAIVER}, root=[fault(A, C), fault(B, C)], middle=[fault(C)])

    assert told["middle"] == [("root", False)]


def test_a_way_around_a_waived_chain_is_found():
    told = folded(
        {("root", A): WAIVER},
        root=[fault(A, B)],
        middle=[fault(B, C)],
        other=[fault(topic("d"), C)],
        leaf=[fault(C)],
    )

    assert told["middle"] == [("root", True)]
    assert told["leaf"] == [("other", False)]


def test_what_two_roots_explain_together_stays_where_one_of_them_stands():
    told = folded(
        {("root", A): WAIVER},
        root=[fault(A, A), fault(B, B)],
        middle=[fault(CLUSTER, because_of=(A, B))],
    )

    assert told["middle"] == [("root", False)]


def test_a_waived_symptom_of_a_standing_root_takes_nothing_with_it():
    told = folded(
        {("middle", B): WAIVER},
        root=[fault(A, B)],
        middle=[fault(B, C)],
        leaf=[fault(C)],
    )

    assert told == {
        "root": [(None, False)],
        "middle": [("root", True)],
        "leaf": [("root", False)],
    }


@pytest.mark.parametrize(("waiver", "root", "waived"), [(WAIVER, "root", True), (SHY, None, False)])
def test_a_critical_symptom_is_waived_with_its_cause_only_where_that_is_allowed(
    waiver, root, waived
):
    told = folded({("root", A): waiver}, root=[fault(A, B)], middle=[fault(B, severity="critical")])

    assert told["middle"] == [(root, waived)]


def test_a_circle_with_a_waiver_ends():
    told = folded({("left", A): WAIVER}, left=[fault(A, A)], right=[fault(A, A)])

    assert told == {"left": [(None, True)], "right": [(None, False)]}


def test_waived_ones_are_not_merged_with_those_that_stand():
    parts = [partition("orders", number) for number in range(4)]
    waived = {("root", part): WAIVER for part in parts[:2]}

    told = folded(waived, root=[fault(part) for part in parts])

    assert sorted(told["root"]) == [(None, False), (None, True)]


def test_a_thousand_waived_roots_stay_fast():
    ids = range(1000)

    told = folded(
        {("root", broker(n)): WAIVER for n in ids},
        root=[fault(broker(n), broker(n)) for n in ids],
        middle=[fault(broker(n)) for n in ids],
    )

    assert told["middle"] == [("root", True)]


def severities(findings, excused_by=(), waived=()):
    """Return check → severity and notes, of roots; leaf is excused by some checks."""
    leaf = replace(CHECKS["leaf"], excused_by=excused_by)
    results = [CheckResult(name, "problem", tuple(items)) for name, items in findings.items()]

    def marking(id_, _):
        return Mark(WAIVER if id_ in waived else None)

    reported = correlate(results, {**CHECKS, "leaf": leaf}, "c", marking)
    return {item.check: (item.finding.severity, item.notes) for item in reported if item.is_root}


WORSE = ("It is critical because of what it explains.",)


def test_a_root_is_as_severe_as_the_worst_that_it_explains():
    found = {
        "root": [fault(A, B), fault(topic("d"))],
        "middle": [fault(B, C)],
        "leaf": [fault(C, severity="critical")],
    }

    reported = correlate(
        [CheckResult(name, "problem", tuple(items)) for name, items in found.items()], CHECKS, "c"
    )

    told = [(item.check, item.finding.severity, item.notes) for item in reported]
    assert told == [
        ("root", "critical", WORSE),
        ("leaf", "critical", ()),
        ("middle", "warning", ()),
        ("root", "warning", ()),
    ]
    assert reported[1].explained_by == reported[2].explained_by == reported[0].fingerprint


def test_a_lesser_symptom_leaves_a_root_as_it_is():
    told = severities({"root": [fault(A, C)], "leaf": [fault(C, severity="info")]})

    assert told == {"root": ("warning", ())}


def test_what_a_root_excuses_does_not_make_it_worse():
    found = {"root": [fault(A, C, severity="info")], "leaf": [fault(C, severity="critical")]}

    assert severities(found) == {"root": ("critical", WORSE)}
    assert severities(found, excused_by=("root",)) == {"root": ("info", ())}


def test_what_is_excused_on_the_way_does_not_make_the_root_worse():
    found = {
        "root": [fault(A, B)],
        "middle": [fault(B, C)],
        "leaf": [fault(C, severity="critical")],
    }

    assert severities(found, excused_by=("middle",)) == {"root": ("warning", ())}


def test_a_waived_root_stays_as_it_was_waived():
    found = {"root": [fault(A, C)], "leaf": [fault(C, severity="critical")]}

    assert severities(found, waived=("root",)) == {"root": ("warning", ())}


def test_a_root_is_known_or_new_by_the_severity_that_it_has():
    found = {"root": [fault(A, C)], "leaf": [fault(C, severity="critical")]}
    results = [CheckResult(name, "problem", tuple(items)) for name, items in found.items()]

    def marking(_, finding):
        return Mark(novelty="known" if finding.severity == "critical" else "better")

    reported = correlate(results, CHECKS, "c", marking)

    assert [item.novelty for item in reported] == ["known", "known"]
