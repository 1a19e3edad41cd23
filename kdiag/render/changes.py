"""What differs between two reports, as lines: for `--watch`, and for `kdiag diff`."""

from collections.abc import Iterator

from kdiag.compare import KINDS, Change, Comparison, Turn, compare
from kdiag.finding import Report
from kdiag.render.json import plain
from kdiag.render.layout import clean
from kdiag.wording import count, listed

_KIND = max(map(len, KINDS))
_SEVERITY = len("critical")


def changes(before: Report, after: Report) -> list[str]:
    """Return a line for each cause that came, went, or changed its severity."""
    return [_line(one) for one in compare(before, after).changes if one.item.is_root]


def render(comparison: Comparison) -> str:
    """Return the whole comparison as text that ends in a newline.

    A symptom has a line of its own where its cause did not change in the same way.
    """
    paragraphs = [
        list(_head(comparison)),
        [_line(one) for one in comparison.told],
        list(_foot(comparison)),
        [_turn(turn) for turn in comparison.turns],
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines) + "\n"


def sums(comparison: Comparison) -> str:
    """Return how many findings on objects changed, by kind, and how many did not."""
    words = []
    for kind, text in KINDS.items():
        number = sum(len(one.objects) for one in comparison.changes if one.kind == kind)
        words += [f"{number:,} {text}"] if number else []
    return ", ".join([*words, f"{comparison.unchanged:,} unchanged"])


def objects(change: Change, most: int = 3) -> str:
    """Return the objects that changed, the first by name."""
    return listed((one.finding.subject for one in change.objects), most)


def _head(comparison: Comparison) -> Iterator[str]:
    for word, report in (("before", comparison.before), ("after", comparison.after)):
        seen = report.coverage
        yield clean(
            f"{word:6} {plain(report.started_at)}  {report.verdict.status:8}  "
            f"{seen['evaluated']} of {count(seen['total'], 'check')} evaluated, "
            f"{seen['unknown']} unknown"
        )


def _foot(comparison: Comparison) -> Iterator[str]:
    yield f"Findings: {sums(comparison)}."
    under = sum(len(one.objects) for one in comparison.changes if one.is_under)
    if under:
        yield f"{count(under, 'symptom')} of them not shown, as their causes changed likewise."


def _line(change: Change) -> str:
    severity = change.now or change.was or ""
    words = [f"{change.kind:{_KIND}} {severity:{_SEVERITY}}  {change.item.check}", objects(change)]
    if change.kind in ("worse", "better"):
        words.append(f"was {change.was}")
    return clean("  ".join(words))


def _turn(turn: Turn) -> str:
    reason = f": {turn.reason}" if turn.reason and turn.now == "unknown" else ""
    return clean(f"{turn.check} was {_status(turn.was)}, is {_status(turn.now)}{reason}")


def _status(status: str | None) -> str:
    return "not run" if status is None else status.replace("_", " ")
