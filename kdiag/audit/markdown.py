"""The audit as Markdown, for an issue tracker or a wiki: text and tables, figures in words."""

from collections.abc import Iterator

from kdiag.audit.audit import Audit
from kdiag.audit.blocks import Advice, Block, Card, Chapter, Figure, Table
from kdiag.audit.wording import written
from kdiag.render.markdown import MOST, block, escaped

_MOST_ROWS = 25


def render(audit: Audit) -> str:
    """Return the report; whole chapters are left out at the end where it would be too long."""
    verdict = audit.report.verdict
    head = (
        f"# Kafka audit of {escaped(audit.name)}\n\n{escaped(audit.facts)}\n\n"
        f"**{verdict.status.upper()}** {escaped(verdict.sentence)}\n"
    )
    parts = ["\n".join(_chapter(chapter)) for chapter in audit.chapters]
    return _fitting(head, parts)


def _fitting(head: str, parts: list[str]) -> str:
    said, room = [head], MOST - len(head) - 200
    for number, part in enumerate(parts):
        room -= len(part) + 1
        if room < 0:
            said.append(
                f"\n{len(parts) - number} chapters do not fit here; report.html has them.\n"
            )
            break
        said.append(part)
    return "\n".join(said)


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f"\n## {escaped(chapter.title)}\n"
    yield from (f"* {escaped(each)}" for each in chapter.conclusions)
    if chapter.recommendations:
        yield "\n### Recommendations\n"
        for number, advice in enumerate(chapter.recommendations, 1):
            yield from _advice(number, advice)
    if chapter.observations:
        yield "\n### Observations\n"
        for part in chapter.observations:
            yield from _part(part)
    if chapter.unseen:
        yield "\n### Not seen\n"
        yield from (f"* {escaped(each)}" for each in chapter.unseen)


def _advice(number: int, advice: Advice) -> Iterator[str]:
    mark = " **Disruptive.**" if advice.effect == "disruptive" else ""
    yield (
        f"{number}. **{advice.risk}**, {advice.effort}: {escaped(advice.text)} "
        f"({escaped(advice.about)}){mark}"
    )
    if advice.command:
        yield from _code(advice.command)


def _part(part: Block) -> Iterator[str]:
    if isinstance(part, Table):
        yield from _table(part)
    elif isinstance(part, Figure):
        yield f"*{escaped(part.title)}:* {escaped(part.alt)}\n"
    elif isinstance(part, Card):
        yield from _card(part)
    else:
        yield f"{escaped(part.text)}\n"


def _card(card: Card) -> Iterator[str]:
    yield f"#### {card.severity}: {escaped(card.title)}\n"
    yield from (f"* {label}: {escaped(text)}" for label, text in card.lines.items())
    for text, command, _ in card.actions:
        yield f"* Do: {escaped(text)}"
        if command:
            yield from _code(command)
    if card.objects:
        yield f"* Objects: {escaped(', '.join(card.objects))} ({card.total})"
    yield f"* Check: `{card.check}`\n"


def _code(command: str) -> Iterator[str]:
    """Yield a command as a block that belongs to the point above it."""
    yield from (f"   {line}" for line in block(command).splitlines())


def _table(table: Table) -> Iterator[str]:
    if not table.rows:
        yield f"*{escaped(table.caption)}: none.*\n"
        return
    yield f"**{escaped(table.caption)}**\n"
    yield _line(column.heading for column in table.columns)
    yield _line(
        "---" if column.unit in ("text", "code", "time") else "---:" for column in table.columns
    )
    for row in table.rows[:_MOST_ROWS]:
        cells = zip(row, table.columns, strict=True)
        yield _line(escaped(written(cell, column.unit)) for cell, column in cells)
    more = table.total - min(len(table.rows), _MOST_ROWS)
    yield f"\n{more} more rows are left out here.\n" if more else ""


def _line(cells: Iterator[str] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"
