from kdiag.finding import CheckResult, Finding, Reported, Waiver, fingerprint, group
from kdiag.render.changes import changes
from tests.render.reports import healthy


def cause(name="app", severity="warning", **more):
    subject = group(name)
    finding = Finding(severity, subject, f"{name} lags.", "It lags more.")
    return Reported("lag-growing", finding, fingerprint("lag-growing", "c", subject), **more)


def with_findings(*items, status="ok", **result):
    results = (CheckResult("lag-growing", status, **result),)
    return healthy(findings=items, results=results)


def test_nothing_changed():
    assert changes(with_findings(cause()), with_findings(cause())) == []


def test_what_is_new_gone_worse_and_better_is_said():
    before = with_findings(cause("a"), cause("b"), cause("c", "critical"))
    after = with_findings(cause("b", "critical"), cause("c", "info"), cause("d"))
    assert changes(before, after) == [
        "new      warning   lag-growing  group d",
        "worse    critical  lag-growing  group b  was warning",
        "better   info      lag-growing  group c  was critical",
        "gone     warning   lag-growing  group a",
    ]


def test_symptoms_and_waived_causes_are_left_out():
    after = with_findings(cause("a", explained_by="x"), cause("b", waiver=Waiver("known")))
    assert changes(with_findings(), after) == []
