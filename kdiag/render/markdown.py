"""The report as Markdown for issues, merge requests and step summaries of GitHub and GitLab.

Names come from clients, so everything that is not ours is written so that it stays text: no
markup, no HTML, no link, no mention of a person, no reference to an issue. The text keeps within
the 65,536 characters that GitHub takes as the body of an issue; what is cut is counted.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from kdiag.finding import Report, Reported
from kdiag.render.baseline import baseline_sentence
from kdiag.render.coverage import coverage_sentence, not_seen
from kdiag.render.json import plain
from kdiag.render.layout import clean
from kdiag.render.waivers import waived_words, waiver_sentence
from kdiag.single import subject_of
from kdiag.wording import count, listed

MOST = 65_536
"""Characters of an issue's body that GitHub stores."""

_ROOM_FOR_THE_END = 500
_MOST_TEXT = 2_000
_MOST_CELL = 300
_MOST_OBJECTS = 20
_BREAK = "\u200b"
_MARKUP = re.compile(r"([\\`*_{}\[\]()#!|~$^])")
_LIVE = re.compile(r"(?<=@)(?=\w)|(?<=#)(?=\d)|(?<=:)(?=//)|(?<=www)(?=\.)|(?<=!)(?=\d)", re.I)
_START = re.compile(r"^(?:(\d{1,9})([.)])(?= |$)|([-+=]))")


def render(report: Report) -> str:
    """Return the report as Markdown that ends in a newline."""
    causes = [item for item in report.standing if item.is_root]
    text = "\n\n".join([*_head(report, causes), *_tail(report)])
    room = MOST - len(text) - _ROOM_FOR_THE_END
    shown: list[str] = []
    folded = _folded(report)
    for number, item in enumerate(causes, 1):
        part = "\n\n".join(_cause(number, item, folded.get(item.fingerprint, Counter())))
        room -= len(part) + 2
        if room < 0:
            shown.append(f"*{count(len(causes) - number + 1, 'more finding')} cut (-o json).*")
            break
        shown.append(part)
    return "\n\n".join([*_head(report, causes), *shown, *_tail(report)]) + "\n"


def escaped(text: str, most: int = _MOST_TEXT) -> str:
    """Return text that may be anything as Markdown that shows it, on one line, cut if need be."""
    short = clean(text).strip()
    short = short if len(short) <= most else f"{short[:most]}\u2026"
    whole = short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    dead = _LIVE.sub(_BREAK, whole)
    return _START.sub(_start, _MARKUP.sub(r"\\\1", dead))


def _start(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}"


def code(text: str) -> str:
    """Return text as a span of code, which may hold backticks and pipes outside of tables."""
    shown = clean(text)
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    return f"{fence} {shown} {fence}" if "`" in shown else f"{fence}{shown}{fence}"


def _head(report: Report, causes: Sequence[Reported]) -> Iterator[str]:
    cluster = str(report.cluster.get("name") or report.cluster.get("id") or report.bootstrap)
    what = count(len(report.files), "file") if report.files else f"Kafka cluster {escaped(cluster)}"
    yield f"# {report.verdict.status.upper()}: {what}"
    yield escaped(report.verdict.sentence)
    sums = Counter(item.finding.severity for item in causes)
    yield (
        f"{count(sums['critical'], 'critical')}, {count(sums['warning'], 'warning')}, "
        f"{count(sums['info'], 'info')}. {escaped(coverage_sentence(report))} "
        f"As of {plain(report.started_at)}, kdiag {escaped(report.version)}, read-only."
    )


def _folded(report: Report) -> Mapping[str, Counter[str]]:
    """Return fingerprint of the cause → check → how many symptoms it explains."""
    folded: dict[str, Counter[str]] = {}
    for item in report.findings:
        if item.explained_by is not None:
            folded.setdefault(item.explained_by, Counter())[item.check] += item.object_count
    return folded


def _cause(number: int, item: Reported, folded: Counter[str]) -> Iterator[str]:
    finding = item.finding
    subject = escaped(str(finding.subject))
    yield f"## {number}. {finding.severity.upper()} {code(item.check)} {subject}"
    yield escaped(" ".join(part for part in (finding.symptom, finding.cause) if part))
    facts = {
        "Next": escaped(finding.impact),
        "Confidence": "" if finding.confidence == "certain" else finding.confidence,
        "Since": plain(finding.since) or "",
        "Objects": escaped(_objects(item)),
        "Explains": escaped(listed((f"{n:,} {check}" for check, n in folded.most_common()), 6)),
        "Baseline": item.novelty or "",
        "Note": escaped(" ".join(item.notes)),
        "Fingerprint": code(item.fingerprint),
    }
    yield "\n".join(f"- {name}: {text}" for name, text in facts.items() if text)
    for action in finding.actions[:1]:
        yield f"Do: {action.mark}{escaped(action.text)}"
        if action.command:
            yield block(action.command)


def _objects(item: Reported) -> str:
    return listed((subject_of(one["subject"]) for one in item.objects), _MOST_OBJECTS)


def block(command: str) -> str:
    """Return a command as a block, between fences that are longer than any in it."""
    lines = "\n".join(clean(line) for line in command.splitlines())
    fence = "`" * max(3, max(map(len, re.findall("`+", lines)), default=0) + 1)
    return f"{fence}sh\n{lines}\n{fence}"


def _tail(report: Report) -> Iterator[str]:
    folded = sum(item.object_count for item in report.standing if not item.is_root)
    if folded:
        yield f"{count(folded, 'symptom')} folded under their causes."
    for sentence in (not_seen(report), baseline_sentence(report), waiver_sentence(report)):
        if sentence:
            yield escaped(sentence)
    waived = [item for item in report.findings if item.waiver]
    if waived:
        rows = [_waived(item) for item in waived[:_MOST_OBJECTS]]
        yield "\n".join(["## Waived", "", "| check | object | why |", "|---|---|---|", *rows])
    if len(waived) > _MOST_OBJECTS:
        yield f"{len(waived) - _MOST_OBJECTS:,} more waived."


def _waived(item: Reported) -> str:
    words = waived_words(item.waiver) if item.waiver else ""
    cells = (item.check, str(item.finding.subject), words)
    return f"| {' | '.join(escaped(cell, _MOST_CELL) for cell in cells)} |"
