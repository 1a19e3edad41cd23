"""Ten lines on a report: made once, said by e-mail, Slack, Teams and the webhook."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kdiag.audit.written import Written
from kdiag.compare import ALARMING, KINDS
from kdiag.finding import SEVERITIES
from kdiag.wording import count

TOP = 5
"""Causes that are named; the report has them all."""

_LONGEST = 300


@dataclass(frozen=True)
class Cause:
    """One cause. action: what to type or to do first; "" where nothing is advised.

    novelty: against the report before, None where there was none.
    """

    severity: str
    check: str
    symptom: str
    action: str
    novelty: str | None

    @property
    def head(self) -> str:
        """Return the severity, and what is alarming about it, as a person reads it first."""
        words = [word for kind, word in KINDS.items() if kind == self.novelty and kind in ALARMING]
        return ", ".join([self.severity.upper(), *words])


@dataclass(frozen=True)
class Summary:
    """What a person reads first.

    title: for a subject line. status: of the verdict, one word. found: counts by severity. changed:
    since the report before. top: the worst causes. more: what is not named here. unseen: what was
    not looked at. where: URL or path of the whole report; is_link tells which.
    """

    title: str
    status: str
    sentence: str
    found: str
    changed: str
    top: Sequence[Cause]
    more: str
    unseen: str
    where: str
    is_link: bool

    @property
    def notes(self) -> tuple[str, ...]:
        """Return the sentences behind the causes."""
        return tuple(note for note in (self.more, self.unseen) if note)


def summary(written: Written, link: str = "") -> Summary:
    """Return the summary of a report. link: URL of it, {file} stands for the name of its page."""
    document = written.document
    causes = standing(document)
    verdict = document["verdict"]
    return Summary(
        title=_line(_title(written, causes)),
        status=str(verdict["status"]),
        sentence=_line(verdict["sentence"]),
        found=_found(causes) + ".",
        changed=_changed(written.changes),
        top=tuple(map(_cause, causes[:TOP])),
        more=_more(causes),
        unseen=_unseen(document["coverage"]),
        where=link.replace("{file}", written.name("html")) if link else str(written.html),
        is_link=bool(link),
    )


def text(said: Summary) -> str:
    """Return a summary as plain text that ends in a newline."""
    return "\n".join(_lines(said)) + "\n"


def _lines(said: Summary) -> Iterator[str]:
    yield f"{said.status.upper()}: {said.sentence}"
    yield f"{said.found} {said.changed}"
    for number, cause in enumerate(said.top, 1):
        action = f" Next: {cause.action}" if cause.action else ""
        yield f"{number}. {cause.head}: {cause.symptom}{action}"
    yield from said.notes
    yield f"The whole report: {said.where}"


def standing(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the findings that no other explains and nobody waived, the worst first."""
    roots = [
        finding
        for finding in document["findings"]
        if finding.get("explained_by") is None and finding.get("waiver") is None
    ]
    return sorted(roots, key=lambda finding: SEVERITIES.index(finding["severity"]))


def counts(causes: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Count causes by severity, 0 where there is none."""
    counted = Counter(cause["severity"] for cause in causes)
    return {severity: counted[severity] for severity in SEVERITIES}


def _title(written: Written, causes: Sequence[Mapping[str, Any]]) -> str:
    new = written.changes.get("new", 0)
    words = [_found(causes)] + ([f"{new} new"] if new else [])
    if written.document["verdict"]["status"] == "unknown":
        words.insert(0, "no verdict")
    return f"[kdiag] {written.cluster}: {', '.join(words)}"


def _found(causes: Sequence[Mapping[str, Any]]) -> str:
    words = [f"{number} {severity}" for severity, number in counts(causes).items() if number]
    return ", ".join(words) or "nothing found"


def _changed(changes: Mapping[str, int]) -> str:
    if not changes:
        return "There is no earlier report to compare with."
    words = [f"{changes[kind]} {words}" for kind, words in KINDS.items() if changes.get(kind)]
    return f"Since the report before: {', '.join(words) or 'no change'}."


def _cause(finding: Mapping[str, Any]) -> Cause:
    return Cause(
        severity=finding["severity"],
        check=finding["check"],
        symptom=_line(finding["symptom"]),
        action=_action(finding),
        novelty=finding.get("novelty"),
    )


def _action(finding: Mapping[str, Any]) -> str:
    """Return what to do first; a command is whole or not there, for it will be typed."""
    first: Mapping[str, Any] = next(iter(finding.get("actions") or ()), {})
    command = " ".join(str(first.get("command") or "").split())
    if len(command) > _LONGEST:
        return f"kdiag explain {finding['check']}"
    return command or _line(first.get("text") or "")


def _more(causes: Sequence[Mapping[str, Any]]) -> str:
    rest = len(causes) - TOP
    return f"{count(rest, 'more cause')} in the report." if rest > 0 else ""


def _unseen(coverage: Mapping[str, int]) -> str:
    unknown = coverage["unknown"]
    if not unknown:
        return ""
    return f"Not seen: {unknown} of {count(coverage['total'], 'check')} could not be evaluated."


def _line(text_: str) -> str:
    """Return a text in one line of bounded length."""
    words = " ".join(text_.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
