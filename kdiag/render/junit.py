"""The report as JUnit XML: a suite for each area, a case for each check.

A case fails where the check has findings that make `kdiag doctor` exit with 10: not waived, and at
least as severe as `--fail-on`. Findings below that, and waived ones, are in the output of the case.
A check that could not be evaluated or does not apply is skipped, with what is missing.

There is no standard; this is the part that Jenkins (its junit-10.xsd), GitLab and actions for
GitHub read alike: at most one failure or skipped in a case.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kdiag.finding import CheckResult, Report, Reported
from kdiag.render.coverage import why
from kdiag.render.json import plain
from kdiag.render.layout import clean
from kdiag.render.waivers import waived_words
from kdiag.wording import count, listed

_MOST_OBJECTS = 20
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def render(report: Report) -> str:
    """Return the XML document, which ends in a newline."""
    root = Element("testsuites", name="kdiag")
    held = _Held(report)
    for area, results in groupby(held.results, key=_area):
        root.append(_suite(area, list(results), held))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, 0)) for suite in root)))
    root.set("time", f"{report.duration_seconds:.3f}")
    indent(root)
    return f"{_HEAD}{tostring(root, encoding='unicode')}\n"


@dataclass(frozen=True)
class _Held:
    report: Report

    @cached_property
    def by_check(self) -> Mapping[str, Sequence[Reported]]:
        found: dict[str, list[Reported]] = {}
        for item in self.report.findings:
            found.setdefault(item.check, []).append(item)
        return found

    @cached_property
    def failing(self) -> frozenset[Reported]:
        return frozenset(self.report.failing)

    @cached_property
    def results(self) -> Sequence[CheckResult]:
        """Return the results by area; a finding without a result of its check has one, too."""
        known = {result.check for result in self.report.results}
        more = [CheckResult(check, "problem") for check in self.by_check if check not in known]
        return sorted([*self.report.results, *more], key=_area)


def _area(result: CheckResult) -> str:
    return result.about.area


def _suite(area: str, results: Sequence[CheckResult], held: _Held) -> Element:
    started = str(plain(held.report.started_at)).rstrip("Z")
    suite = Element("testsuite", name=area, timestamp=started)
    suite.extend(_case(result, held) for result in results)
    sums = {
        "tests": len(results),
        "failures": len(suite.findall("testcase/failure")),
        "errors": 0,
        "skipped": len(suite.findall("testcase/skipped")),
    }
    for name, number in sums.items():
        suite.set(name, str(number))
    suite.set("time", f"{sum(float(result.duration_seconds) for result in results):.6f}")
    return suite


def _case(result: CheckResult, held: _Held) -> Element:
    case = Element(
        "testcase",
        classname=f"kdiag.{result.about.area}",
        name=result.check,
        time=f"{float(result.duration_seconds):.6f}",
    )
    items = held.by_check.get(result.check, ())
    failing = [item for item in items if item in held.failing]
    if failing:
        kind = failing[0].finding.severity
        failure = SubElement(case, "failure", message=_message(failing), type=kind)
        failure.text = "\n\n".join(_text(item, held.report) for item in failing)
    elif result.status in ("unknown", "not_applicable"):
        why_ = clean(f"{result.status.replace('_', ' ')}: {why(result)}")
        SubElement(case, "skipped", message=why_)
    said = [_text(item, held.report) for item in items if item not in held.failing]
    if result.status == "problem" and not items and held.report.baseline:
        said.append("What it found is known and not shown (--new-only).")
    said += [clean(f"Not seen: {target}") for target in result.unseen]
    if said:
        SubElement(case, "system-out").text = "\n\n".join(said)
    return case


def _message(items: Sequence[Reported]) -> str:
    more = len(items) - 1
    tail = f" {count(more, 'more finding')} below." if more else ""
    return clean(f"{items[0].finding.symptom}{tail}")


def _text(item: Reported, report: Report) -> str:
    return "\n".join(clean(line) for line in _lines(item, report))


def _lines(item: Reported, report: Report) -> Iterator[str]:
    finding = item.finding
    yield f"{finding.severity} on {finding.subject}: {finding.symptom}"
    for label, text in (("Cause", finding.cause), ("Next", finding.impact)):
        if text:
            yield f"{label}: {text}"
    for action in finding.actions[:1]:
        yield f"Do: {action.mark}{action.text}"
        yield from (f"    {line}" for line in (action.command or "").splitlines())
    if item.objects:
        yield f"Objects: {listed((one['symptom'] for one in item.objects), _MOST_OBJECTS)}"
    root = report.by_fingerprint.get(item.explained_by or "")
    if root is not None:
        yield f"Explained by {root.check}: {root.finding.symptom}"
    waiver = report.waiver_of(item)
    if waiver is not None:
        yield f"Waived: {waived_words(waiver)}"
    yield from (f"Note: {note}" for note in item.notes)
    if item.novelty:
        yield f"Baseline: {item.novelty}"
    yield f"Fingerprint: {item.fingerprint}"
