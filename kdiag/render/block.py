"""One cause on the terminal: what, where, why; what it breaks next; what to type."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any

from kdiag.finding import Action, Report, Reported, Subject
from kdiag.render.layout import Span, wrapped
from kdiag.render.waivers import waived_words
from kdiag.single import subject_of
from kdiag.wording import count, listed, span

_INDENT = " " * 3
_LABEL = 9
_MOST_OBJECTS = 20
_MOST_SYMPTOMS = 6
_LOUD = ("new", "worse", "returned")


def block(
    number: int, item: Reported, report: Report, width: int, color: bool, all_: bool
) -> Iterator[str]:
    """Yield the lines of one cause; all_ adds all actions and more of its objects."""
    finding = item.finding
    yield from wrapped(_head(item, report), width, f"{number:2} ", _INDENT, color)
    yield from wrapped([finding.symptom, finding.cause], width, _INDENT, _INDENT, color)
    yield from _labelled("Next", [finding.impact], width, color)
    for action in finding.actions[: None if all_ else 1]:
        yield from _do(action, width, color)
    yield from _labelled("Since", [_since(item, report)], width, color)
    if all_ and item.objects:
        names = [str(subject_of(one["subject"])) for one in item.objects]
        yield from _labelled("Objects", [f"{listed(names, _MOST_OBJECTS)}."], width, color)
    yield from _labelled("Explains", [_explains(item, report)], width, color)
    yield from _labelled("Note", item.notes, width, color)
    if all_:
        yield from _labelled("Id", [item.fingerprint], width, color)
    if item.waiver:
        yield from _labelled("Waived", [waived_words(item.waiver)], width, color)


def _head(item: Reported, report: Report) -> Sequence[Span | str]:
    severity, confidence = item.finding.severity, item.finding.confidence
    return [
        Span(severity.upper(), severity),
        Span(f"  {item.check}", "strong"),
        f"  {_subject(item, report)}",
        Span("  ESCALATE" if item.escalate else "", "critical"),
        f"  {confidence}" if confidence != "certain" else "",
        "  waived" if item.waiver else "",
        Span(f"  {item.novelty.upper()}" if item.novelty in _LOUD else "", "strong"),
    ]


def _labelled(label: str, words: Sequence[Span | str], width: int, color: bool) -> Iterator[str]:
    """Yield a paragraph behind a label, or nothing where there are no words."""
    if any(word if isinstance(word, str) else word.text for word in words):
        hang = _INDENT + " " * _LABEL
        yield from wrapped(words, width, _INDENT + label.ljust(_LABEL), hang, color)


def _do(action: Action, width: int, color: bool) -> Iterator[str]:
    yield from _labelled("Do", [action.mark + action.text], width, color)
    for line in (action.command or "").splitlines():
        yield from _labelled("", [Span(line, "command", is_whole=True)], width, color)


def _since(item: Reported, report: Report) -> str:
    since = item.finding.since
    if since is None:
        return ""
    text = f"{since.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    seconds = (report.started_at - since).total_seconds()
    return f"{text} ({span(seconds)} ago)" if seconds >= 1 else text


def _explains(item: Reported, report: Report) -> str:
    """Return what this cause explains, by check, the most first."""
    symptoms: Counter[str] = Counter()
    for other in report.findings:
        if other.explained_by == item.fingerprint:
            symptoms[other.check] += other.object_count
    return listed((f"{n:,} {check}" for check, n in symptoms.most_common()), _MOST_SYMPTOMS)


def _subject(item: Reported, report: Report) -> str:
    subject = item.finding.subject
    if not item.objects:
        return f"{subject}{_address(subject, report)}"
    sums = _counted([one["subject"] for one in item.objects], is_of_group=subject.type == "group")
    return sums if subject.type == "cluster" else f"{subject}{_address(subject, report)}, {sums}"


def _counted(objects: Sequence[Mapping[str, Any]], *, is_of_group: bool) -> str:
    """Count objects by kind; of one group its topics or partitions, of several the groups."""
    kinds: dict[str, set[tuple[Any, ...]]] = {}
    for one in objects:
        kind, *values = one.values()
        if kind == "group" and not is_of_group:
            values = [one["group"]]
        elif kind == "group":
            kind = list(one)[-1]
        kinds.setdefault(kind, set()).add(tuple(values))
    return ", ".join(count(len(of), kind.replace("_", " ")) for kind, of in kinds.items())


def _address(subject: Subject, report: Report) -> str:
    """Return where a broker is, as far as it is known."""
    if subject.type != "broker":
        return ""
    for broker in report.cluster.get("brokers", ()):
        if broker["id"] == subject["id"]:
            rack = f", rack {broker['rack']}" if broker.get("rack") else ""
            return f" ({broker['host']}:{broker['port']}{rack})"
    return ""
