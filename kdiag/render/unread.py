"""What could not be read, in one sentence: nothing that is not known passes as nothing."""

from collections.abc import Sequence

from kdiag.pages.unread import Unread
from kdiag.wording import listed

_MOST = 4


def unread_sentence(gaps: Sequence[Unread]) -> str:
    """Return what the page lacks, why, and what would help; nothing where nothing is missing."""
    by_reason: dict[tuple[tuple[str, ...], str, str | None], list[str]] = {}
    for gap in gaps:
        of = by_reason.setdefault((gap.what, gap.reason, gap.needs), [])
        of += [gap.target] if gap.target else []
    parts = [_part(what, why, needs, of) for (what, why, needs), of in by_reason.items()]
    more = f"; {len(parts) - _MOST} more (-o json)" if len(parts) > _MOST else ""
    return f"Not read: {'; '.join(parts[:_MOST])}{more}." if parts else ""


def _part(what: Sequence[str], reason: str, needs: str | None, targets: Sequence[str]) -> str:
    where = f" of {listed(targets)}" if targets else ""
    help_ = f"; needs {needs}" if needs else ""
    return f"{', '.join(what)}{where} ({reason.rstrip('.')}{help_})"
