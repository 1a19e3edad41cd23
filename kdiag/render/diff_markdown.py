"""What differs between two reports as Markdown for issues and merge requests."""

from collections.abc import Iterator

from kdiag.compare import KINDS, Change, Comparison
from kdiag.render.changes import objects, sums
from kdiag.render.json import plain
from kdiag.render.markdown import MOST, escaped
from kdiag.wording import count

_ROOM_FOR_THE_END = 200


def render(comparison: Comparison) -> str:
    """Return the comparison as Markdown that fits the body of an issue."""
    text = "\n\n".join(_head(comparison))
    rows = ["| change | severity | check | object | what |", "|---|---|---|---|---|"]
    room = MOST - len(text) - _ROOM_FOR_THE_END - sum(map(len, rows))
    told = comparison.told
    for number, change in enumerate(told):
        row = _row(change)
        room -= len(row) + 1
        if room < 0:
            tail = f"*{count(len(told) - number, 'more change')} cut (-o json).*"
            return "\n\n".join([text, "\n".join(rows), tail]) + "\n"
        rows.append(row)
    parts = [text, "\n".join(rows) if told else "", *_turns(comparison, room)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(comparison: Comparison) -> Iterator[str]:
    before, after = comparison.before, comparison.after
    cluster = str(after.cluster.get("id") or before.cluster.get("id") or "without a known id")
    yield f"# What changed: Kafka cluster {escaped(cluster)}"
    yield (
        f"From {plain(before.started_at)} ({escaped(before.verdict.status)}) "
        f"to {plain(after.started_at)} ({escaped(after.verdict.status)}): {sums(comparison)}."
    )


def _row(change: Change) -> str:
    severity = change.now or change.was or ""
    moved = f" (was {change.was})" if change.kind in ("worse", "better") else ""
    cells = (
        KINDS[change.kind],
        f"{severity}{moved}",
        change.item.check,
        objects(change),
        change.objects[0].finding.symptom,
    )
    return f"| {' | '.join(map(escaped, cells))} |"


def _turns(comparison: Comparison, room: int) -> Iterator[str]:
    """Yield the checks that were known and are not, or the other way round, as far as they fit."""
    lines = [
        f"- {escaped(turn.check)}: was {turn.was or 'not run'}, is {turn.now or 'not run'}"
        for turn in comparison.turns
    ]
    while lines and sum(len(line) + 1 for line in lines) > room:
        lines.pop()
    if lines:
        yield "## Checks"
        yield "\n".join(lines)
