"""A report read back from the JSON that `-o json` has written: the inverse of kdiag.render.json.

What older versions did not write yet is as not known; keys that are not known are passed over. So
any report of schema_version 1 can be compared with a new one.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, get_args

from kdiag.bounded import read_text
from kdiag.errors import UsageError
from kdiag.finding import (
    CONFIDENCES,
    SEVERITIES,
    SUBJECT_KEYS,
    About,
    Action,
    CheckResult,
    Control,
    Finding,
    Report,
    Reported,
    Status,
    Subject,
    Verdict,
    VerdictStatus,
    Waiver,
)

SCHEMA_VERSION = 1

T = TypeVar("T")


def is_report(document: Any) -> bool:
    """Tell whether a document of JSON is a report, of whatever version."""
    return isinstance(document, Mapping) and {"schema_version", "findings", "results"} <= set(
        document
    )


def read_report(path: Path) -> Report:
    """Return the report in a file. Raises UsageError where it is none, or of another version."""
    try:
        document = json.loads(read_text(path))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path}: {_NO_REPORT}") from None
    return report_of(document, str(path))


_NO_REPORT = "is no report; a report comes from kdiag doctor -o json"


def report_of(document: Any, name: str) -> Report:
    """Return the report that a document describes. name: what errors call it.

    Raises UsageError for what is no report, or of another schema_version.
    """
    if not is_report(document):
        raise UsageError(f"{name}: {_NO_REPORT}")
    version = document["schema_version"]
    if version != SCHEMA_VERSION:
        raise UsageError(
            f"{name}: its schema_version is {version!r:.20}; this kdiag reads {SCHEMA_VERSION}"
        )
    try:
        return _report(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise UsageError(f"{name}: is a damaged report: {what:.200}") from None


def _report(document: Mapping[str, Any]) -> Report:
    return Report(
        cluster=dict(document["cluster"]),
        started_at=_time(document["started_at"]),
        duration_seconds=float(document["duration_seconds"]),
        requests=dict(document["requests"]["by_api"]),
        errors=tuple((one["target"], one["error"]) for one in document["errors"]),
        verdict=Verdict(
            _one_of(document["verdict"]["status"], get_args(VerdictStatus)),
            document["verdict"]["sentence"],
        ),
        findings=tuple(map(_reported, document["findings"])),
        results=tuple(map(_result, document["results"])),
        bootstrap="",
        version=str(document["tool"]["version"]),
    )


def _reported(one: Mapping[str, Any]) -> Reported:
    evidence = dict(one["evidence"])
    objects = evidence.pop("objects", ())
    return Reported(
        check=str(one["check"]),
        finding=Finding(
            severity=_one_of(one["severity"], SEVERITIES),
            subject=_subject(one["subject"]),
            symptom=one["symptom"],
            impact=one["impact"],
            cause=one["cause"] or "",
            evidence=evidence,
            actions=tuple(map(_action, one["actions"])),
            confidence=_one_of(one["confidence"], CONFIDENCES),
            since=_maybe(_time, one["since"]),
            due=one.get("due_event") or float(one.get("due_seconds") or 0),
        ),
        fingerprint=str(one["fingerprint"]),
        objects=tuple(map(_object, objects)),
        explained_by=_maybe(str, one["explained_by"]),
        escalate=bool(one.get("escalate", False)),
        waiver=_maybe(_waiver, one["waiver"]),
        notes=tuple(one.get("notes", ())),
    )


def _object(one: Mapping[str, Any]) -> Mapping[str, Any]:
    subject = _subject(one["subject"])
    symptom = one.get("symptom", f"{subject} too.")
    print_ = str(one["fingerprint"])
    own = {"subject": subject.as_dict(), "fingerprint": print_, "symptom": symptom, "actions": ()}
    return {**one, **own}


def _subject(keys: Mapping[str, Any]) -> Subject:
    """Return a subject; one of a type that a newer kdiag may have is refused with its name."""
    type_ = keys["type"]
    if type_ not in SUBJECT_KEYS:
        raise ValueError(f"no subject {type_}")
    return Subject.of(type_, **{key: value for key, value in keys.items() if key != "type"})


def _action(one: Mapping[str, Any]) -> Action:
    return Action(one["text"], one["command"], one["effect"])


def _waiver(one: Mapping[str, Any]) -> Waiver:
    return Waiver(one["reason"], one["owner"], one["expires"], one.get("ticket"))


def _result(one: Mapping[str, Any]) -> CheckResult:
    return CheckResult(
        check=str(one["check"]),
        status=_one_of(one["status"], get_args(Status)),
        reason=one["reason"],
        needs=one["needs"],
        examined=one["examined"],
        unseen=tuple(one.get("unseen", ())),
        duration_seconds=float(one["duration_seconds"]),
        about=About(
            one.get("area", "other"),
            one.get("title", ""),
            tuple(map(_control, one.get("controls", ()))),
        ),
    )


def _control(one: Mapping[str, Any]) -> Control:
    return Control(one["framework"], one["reference"], one["name"], one["reason"])


def _one_of(value: Any, allowed: Sequence[T]) -> T:
    """Return one of the allowed values. Raises ValueError for any other."""
    for one in allowed:
        if one == value:
            return one
    raise ValueError(f"{value} is none of {', '.join(map(str, allowed))}")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _maybe(make: Callable[[Any], T], value: Any) -> T | None:
    return None if value is None else make(value)


def require_one_cluster(before: Report, after: Report) -> None:
    """Raise UsageError where two reports are of two clusters, as far as both are known."""
    was, is_ = before.cluster.get("id"), after.cluster.get("id")
    if was and is_ and was != is_:
        raise UsageError(
            f"the reports are of two clusters, {was} and {is_}: nothing of the one can be known "
            "in the other"
        )
