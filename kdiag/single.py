"""Findings one by one: a merged one is taken apart, each object with its own fingerprint."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kdiag.finding import SUBJECT_KEYS, Finding, Report, Reported, Subject, Waiver


@dataclass(frozen=True)
class Single:
    """One finding on one object, and the merged one that it is from.

    waiver: its own or that of its cause.
    """

    item: Reported
    finding: Finding
    fingerprint: str
    waiver: Waiver | None


def singles(report: Report) -> Iterator[Single]:
    """Yield each finding on each object, in the order of the report."""
    for item in report.findings:
        waiver = report.waiver_of(item)
        if not item.objects:
            yield Single(item, item.finding, item.fingerprint, waiver)
        for one in item.objects:
            finding = replace(
                item.finding,
                subject=subject_of(one["subject"]),
                symptom=one["symptom"],
                cause=one.get("cause", ""),
                impact=one.get("impact", item.finding.impact),
                actions=tuple(one.get("actions", ())),
                confidence=one.get("confidence", item.finding.confidence),
                since=one.get("since"),
            )
            yield Single(item, finding, one["fingerprint"], waiver)


def subject_of(keys: dict[str, str | int]) -> Subject:
    """Return the subject that `Subject.as_dict` has made plain."""
    type_ = str(keys["type"])
    return Subject.of(type_, **{key: keys[key] for key in SUBJECT_KEYS[type_] if key in keys})
