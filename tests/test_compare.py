"""New, gone, worse, better, and what nobody can tell, since it was not seen."""

import pytest

from kdiag.baseline import only_new, with_baseline
from kdiag.compare import Known, compare
from kdiag.finding import (
    CLUSTER,
    CheckResult,
    Finding,
    Reported,
    Verdict,
    Waiver,
    fingerprint,
    group,
    partition,
)
from tests.render.reports import healthy

CHECK = "lag-growing"
WAIVER = Waiver("known", "ops", "2026-12-31")


def said(name="a", severity="warning", check=CHECK, **more):
    finding = Finding(severity, group(name), f"{name} is ill.", "It hurts.")
    return Reported(check, finding, fingerprint(check, "c", group(name)), **more)


def merged(numbers, check="under-replicated", severity="warning", **more):
    objects = tuple(
        {
            "subject": partition("orders", number).as_dict(),
            "fingerprint": fingerprint(check, "c", partition("orders", number)),
            "symptom": f"orders-{number} is ill.",
            "evidence": {},
            "actions": (),
        }
        for number in numbers
    )
    finding = Finding(severity, CLUSTER, "All are ill.", "It hurts.")
    print_ = fingerprint(check, "c", CLUSTER, f"merged {severity} {len(objects)}")
    return Reported(check, finding, print_, objects, **more)


OK = (CheckResult(CHECK, "ok"), CheckResult("under-replicated", "problem"))


def report(*items, results=OK, status="degraded"):
    return healthy(findings=items, results=results, verdict=Verdict(status, "It is ill."))


def told(before, after):
    return {
        (change.kind, str(one.finding.subject)): change.is_under
        for change in compare(before, after).changes
        for one in change.objects
    }


def kinds(before, after):
    return [kind for kind, _ in told(before, after)]


STEPS = [
    ([], [said()], ["new"]),
    ([said()], [], ["gone"]),
    ([said()], [said()], []),
    ([said()], [said(severity="critical")], ["worse"]),
    ([said()], [said(severity="info")], ["better"]),
    ([said()], [said(waiver=WAIVER)], ["waived"]),
    ([said(waiver=WAIVER)], [said()], ["returned"]),
    ([said(waiver=WAIVER)], [said(waiver=WAIVER)], []),
    ([said(waiver=WAIVER)], [], []),
    ([], [said(waiver=WAIVER)], []),
]


@pytest.mark.parametrize(("before", "after", "found"), STEPS, ids=range(len(STEPS)))
def test_what_became_of_a_finding(before, after, found):
    assert kinds(report(*before), report(*after)) == found


NOT_WHOLE = [
    (),
    (CheckResult(CHECK, "unknown", reason="denied"),),
    (CheckResult(CHECK, "not_applicable", reason="there are no groups"),),
    (CheckResult(CHECK, "problem", unseen=("broker 3: refused",)),),
]


@pytest.mark.parametrize("results", NOT_WHOLE, ids=range(len(NOT_WHOLE)))
def test_what_was_not_seen_in_whole_is_neither_gone_nor_new(results):
    assert kinds(report(said()), report(results=results)) == ["unseen"]
    assert kinds(report(results=results), report(said())) == ["seen"]


def test_objects_are_compared_however_they_are_merged():
    before = report(merged([0, 1, 2]))
    after = report(merged([1, 2, 3, 4]))

    assert told(before, after) == {
        ("new", "partition orders-3"): False,
        ("new", "partition orders-4"): False,
        ("gone", "partition orders-0"): False,
    }
    assert compare(before, after).unchanged == 2


def test_a_cause_that_got_a_cause_is_not_gone():
    root = said("root", "critical")
    before = report(merged([0, 1]))
    after = report(root, merged([0, 1], explained_by=root.fingerprint))

    assert told(before, after) == {("new", "group root"): False}


def test_a_symptom_that_changed_as_its_cause_is_under_it():
    root = said("root", "critical")
    known = report(root)
    with_symptoms = report(root, merged([0], explained_by=root.fingerprint))

    assert told(report(), with_symptoms) == {
        ("new", "group root"): False,
        ("new", "partition orders-0"): True,
    }
    assert told(known, with_symptoms) == {("new", "partition orders-0"): False}
    assert told(with_symptoms, report()) == {
        ("gone", "group root"): False,
        ("gone", "partition orders-0"): True,
    }


def test_checks_that_turned_are_told():
    unknown = CheckResult("a", "unknown", reason="denied")
    comparison = compare(
        report(results=(CheckResult("a", "ok"), CheckResult("b", "unknown"))),
        report(results=(unknown, CheckResult("b", "ok"), CheckResult("c", "ok"))),
    )

    assert [(one.check, one.was, one.now) for one in comparison.turns] == [
        ("a", "ok", "unknown"),
        ("b", "unknown", "ok"),
        ("c", None, "ok"),
    ]


def marked(before, *items, **more):
    """Return a report with what each finding is against an earlier one, as diagnose makes it."""
    known = Known.of(before)

    def mark(item):
        first = item.objects[0]["fingerprint"] if item.objects else item.fingerprint
        novelty = known.novelty(item.check, first, item.finding.severity)
        return Reported(
            item.check, item.finding, item.fingerprint, item.objects, item.explained_by,
            waiver=item.waiver, novelty=novelty,
        )  # fmt: skip

    return with_baseline(report(*map(mark, items), **more), before)


def test_only_what_is_new_or_worse_is_left():
    before = report(said("a"), said("b"), said("c", "critical"), said("d"), said("gone"))
    items = [said("a"), said("b", "critical"), said("c"), said("d"), said("new")]

    left = only_new(marked(before, *items, status="critical"))

    assert [str(item.finding.subject) for item in left.findings] == ["group b", "group new"]
    assert left.baseline.hidden == {"warning": 3}
    assert [str(item.finding.subject) for item in left.baseline.gone] == ["group gone"]
    assert left.verdict == Verdict(
        "critical", "b is ill. (1 more below) Known and not shown: 3 warning."
    )


def test_nothing_new_is_not_healthy():
    before = report(said("a", "critical"))

    left = only_new(marked(before, said("a", "critical"), status="critical"))

    assert left.findings == ()
    assert left.verdict.status == "critical"
    assert left.verdict.sentence == (
        "Nothing new since 2026-03-01 12:00 UTC. Known and not shown: 1 critical."
    )


def test_a_new_symptom_of_a_known_cause_is_shown_and_says_so():
    root = said("root", "critical")
    symptom = merged([0], severity="critical", explained_by=root.fingerprint)

    left = only_new(marked(report(root), root, symptom))

    [shown] = left.findings
    assert shown.is_root
    assert shown.notes == ("A known finding explains it: lag-growing on group root.",)
    assert left.failing == (shown,)


def test_a_known_symptom_of_a_new_cause_is_hidden_and_not_counted_as_a_cause():
    root = said("root", "critical")
    symptom = merged([0], explained_by=root.fingerprint)

    left = only_new(marked(report(merged([0])), root, symptom))

    assert [item.check for item in left.findings] == [CHECK]
    assert left.baseline.hidden == {}


def test_what_is_waived_stays_and_what_came_back_is_new():
    before = report(said("a"), said("b", waiver=WAIVER))

    left = only_new(marked(before, said("a", waiver=WAIVER), said("b")))

    assert [(str(i.finding.subject), i.novelty) for i in left.findings] == [
        ("group a", "known"),
        ("group b", "returned"),
    ]
    assert left.baseline.hidden == {}


def test_without_an_earlier_report_nothing_can_be_left_out():
    with pytest.raises(ValueError, match="no earlier report"):
        only_new(report(said()))


def test_ten_thousand_are_compared_at_once():
    before = report(merged(range(0, 10_000)))
    after = report(merged(range(5_000, 15_000)))

    comparison = compare(before, after)

    assert [(one.kind, len(one.objects)) for one in comparison.changes] == [
        ("new", 5_000),
        ("gone", 5_000),
    ]
    assert comparison.unchanged == 5_000
