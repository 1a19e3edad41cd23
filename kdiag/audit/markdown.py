"""The audit as Markdown, for an issue tracker or a wiki: text and tables, figures in words."""

import re
from collections.abc import Iterator

from kdiag.audit.audit import Audit
from kdiag.audit.blocks import Advice, Block, Card, Chapter, Figure, Table
from kdiag.audit.wording import written

MOST_CHARACTERS = 65_536
"""What GitHub and GitLab-like trackers take as the text of an issue."""

_MOST_ROWS = 25
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|!~&$])")


def render(audit: Audit) -> str:
    """Return the report; whole chapters are left out at the end where it would be too long."""
    verdict = audit.report.verdict
    head = (
        f"# Kafka audit of {_text(audit.name)}\n\n{_text(audit.facts)}\n\n"
        f"**{verdict.status.upper()}** {_text(verdict.sentence)}\n"
    )
    parts = ["\n".join(_chapter(chapter)) for chapter in audit.chapters]
    return _fitting(head, parts)


def _fitting(head: str, parts: list[str]) -> str:
    said, room = [head], MOST_CHARACTERS - len(head) - 200
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
    yield f"\n## {_text(chapter.title)}\n"
    yield from (f"* {_text(each)}" for each in chapter.conclusions)
    if chapter.recommendations:
        yield "\n### Recommendations\n"
        for number, advice in enumerate(chapter.recommendations, 1):
            yield from _advice(number, advice)
    if chapter.observations:
        yield "\n### Observations\n"
        for block in chapter.observations:
            yield from _block(block)
    if chapter.unseen:
        yield "\n### Not seen\n"
        yield from (f"* {_text(each)}" for each in chapter.unseen)


def _advice(number: int, advice: Advice) -> Iterator[str]:
    mark = " **Disruptive.**" if advice.effect == "disruptive" else ""
    yield (
        f"{number}. **{advice.risk}**, {advice.effort}: {_text(advice.text)} "
        f"({_text(advice.about)}){mark}"
    )
    if advice.command:
        yield from _code(advice.command)


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Figure):
        yield f"*{_text(block.title)}:* {_text(block.alt)}\n"
    elif isinstance(block, Card):
        yield from _card(block)
    else:
        yield f"{_text(block.text)}\n"


def _card(card: Card) -> Iterator[str]:
    yield f"#### {card.severity}: {_text(card.title)}\n"
    yield from (f"* {label}: {_text(text)}" for label, text in card.lines.items())
    for text, command, _ in card.actions:
        yield f"* Do: {_text(text)}"
        if command:
            yield from _code(command)
    if card.objects:
        yield f"* Objects: {_text(', '.join(card.objects))} ({card.total})"
    yield f"* Check: `{card.check}`\n"


def _code(command: str) -> Iterator[str]:
    """Yield a command as a block, between fences that are longer than any in it."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", command)), default=0))
    yield from (f"   {line}" for line in (fence, *command.splitlines(), fence))


def _table(table: Table) -> Iterator[str]:
    if not table.rows:
        yield f"*{_text(table.caption)}: none.*\n"
        return
    yield f"**{_text(table.caption)}**\n"
    yield _line(column.heading for column in table.columns)
    yield _line(
        "---" if column.unit in ("text", "code", "time") else "---:" for column in table.columns
    )
    for row in table.rows[:_MOST_ROWS]:
        cells = zip(row, table.columns, strict=True)
        yield _line(_text(written(cell, column.unit)) for cell, column in cells)
    more = table.total - min(len(table.rows), _MOST_ROWS)
    yield f"\n{more} more rows are left out here.\n" if more else ""


def _line(cells: Iterator[str] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(text: str) -> str:
    """Return a text on one line, with nothing in it that Markdown or HTML would take for a mark."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
