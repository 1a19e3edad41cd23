"""The report as CSV (RFC 4180): a row for each finding on each object, and each unknown check.

Columns are only ever added at the end. `status` is problem, waived (by itself or with its cause) or
unknown: a file without findings is no clean one as long as it has unknown rows. Text that a
spreadsheet would take for a formula begins with an apostrophe, since names come from clients.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any

from kdiag.finding import SUBJECT_KEYS, About, CheckResult, Report, Subject
from kdiag.render.coverage import why
from kdiag.render.json import plain
from kdiag.render.layout import clean
from kdiag.render.waivers import waived_words
from kdiag.single import Single, singles

_KEYS = ("broker", *dict.fromkeys(k for keys in SUBJECT_KEYS.values() for k in keys if k != "id"))
_SUBJECT = tuple(dict.fromkeys(_KEYS))

COLUMNS = (
    "status",
    "severity",
    "check",
    "area",
    "subject_type",
    "subject",
    *_SUBJECT,
    "symptom",
    "cause",
    "impact",
    "action",
    "command",
    "confidence",
    "since",
    "fingerprint",
    "explained_by",
    "waived",
    "cluster",
    "novelty",
    "controls",
)
"""The columns in their order; keys of subjects have their names, the id of a broker is `broker`."""

_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")  # the wide ones, too


def render(report: Report) -> str:
    """Return the rows under their names, with the line ends of RFC 4180."""
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(report):
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return written.getvalue()


def _rows(report: Report) -> Iterator[dict[str, Any]]:
    abouts = {result.check: result.about for result in report.results}
    cluster = report.cluster.get("id")
    for one in singles(report):
        about = abouts.get(one.item.check, About())
        yield {**_finding(one), **_about(about), "cluster": cluster}
    for result in report.results:
        if result.status == "unknown":
            yield {**_unknown(result), **_about(result.about), "cluster": cluster}


def _about(about: About) -> dict[str, Any]:
    return {"area": about.area, "controls": " ".join(control.tag for control in about.controls)}


def _finding(one: Single) -> dict[str, Any]:
    finding = one.finding
    action = finding.actions[0] if finding.actions else None
    return {
        "status": "waived" if one.waiver else "problem",
        "severity": finding.severity,
        "check": one.item.check,
        **_subject(finding.subject),
        "symptom": finding.symptom,
        "cause": finding.cause,
        "impact": finding.impact,
        "action": action.text if action else None,
        "command": action.command if action else None,
        "confidence": finding.confidence,
        "since": plain(finding.since),
        "fingerprint": one.fingerprint,
        "explained_by": one.item.explained_by,
        "novelty": one.item.novelty,
        "waived": waived_words(one.waiver) if one.waiver else None,
    }


def _subject(subject: Subject) -> dict[str, Any]:
    keys = {"broker" if key == "id" else key: value for key, value in subject.keys}
    return {"subject_type": subject.type, "subject": str(subject), **keys}


def _unknown(result: CheckResult) -> dict[str, Any]:
    return {"status": "unknown", "check": result.check, "symptom": why(result)}


def _cell(value: Any) -> Any:
    """Return a text on one line that no spreadsheet takes for a formula; a number as it is."""
    if value is None or isinstance(value, int):
        return value
    text = clean(str(value))
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
