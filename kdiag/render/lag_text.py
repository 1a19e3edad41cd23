"""`kdiag lag` as text: the table, and below it what it does not say."""

from collections.abc import Iterator, Sequence

from kdiag.pages.changes import Changes
from kdiag.pages.lag import LagPage, LagRow
from kdiag.render import lag_words
from kdiag.render.layout import wrapped
from kdiag.render.table import Cell, Column, table
from kdiag.render.unread import unread_sentence
from kdiag.wording import count, listed, span

_USUAL_WIDTH = 100
_CALM = ("caught-up", "moving", "waiting", "periodic")

_NAMES = (Column("GROUP", least=12), Column("TOPIC", least=12))
_LAG = (Column("LAG", is_number=True), Column("BEHIND", is_number=True))
_DELTA = Column("+/-", is_number=True)
_RATES = (
    Column("IN/S", is_number=True, rank=2),
    Column("OUT/S", is_number=True, rank=2),
)
_VERDICT = Column("VERDICT", least=20)
_MEMBERS = Column("MEMBERS", is_number=True, rank=3)
_PLACE = (
    Column("P", is_number=True),
    Column("COMMITTED", is_number=True, rank=4),
    Column("END", is_number=True, rank=4),
)
_OWNER = Column("MEMBER", least=16, rank=1)


def render(
    page: LagPage, width: int | None = None, color: bool = False, changed: Changes | None = None
) -> str:
    """Return the page as text that ends in a newline.

    width: of the terminal, None for as wide as it is. changed: since the page before.
    """
    lines, left_out = lag_table(page.rows, width, color, changed, page.wanted.by_partition)
    below = [
        _nothing(page),
        f"No room for {', '.join(left_out)} (-o json has all)." if left_out else "",
        f"{count(page.left_out, 'more row')} (--limit)." if page.left_out else "",
        _gone(changed),
        _about(page),
        unread_sentence(page.unread),
    ]
    said = [line for text in below if text for line in wrapped([text], width or _USUAL_WIDTH)]
    return "\n".join([*lines, *([""] if lines else []), *said]) + "\n"


def lag_table(
    rows: Sequence[LagRow],
    width: int | None,
    color: bool,
    changed: Changes | None,
    by_partition: bool,
) -> tuple[Sequence[str], Sequence[str]]:
    """Return the lines of the table, none without rows, and the columns that found no room."""
    if not rows:
        return (), ()
    delta = () if changed is None else (_DELTA,)
    place, who = (_PLACE, _OWNER) if by_partition else ((), _MEMBERS)
    columns = (*_NAMES, *place, *_LAG, *delta, *_RATES, who, _VERDICT)
    cells = [list(_cells(row, changed, by_partition)) for row in rows]
    fitted = table(columns, cells, width, color)
    return fitted.lines, fitted.left_out


def _cells(row: LagRow, changed: Changes | None, by_partition: bool) -> Iterator[Cell | str]:
    yield from (row.group, row.topic)
    if by_partition:
        yield str(row.partition)
        yield from (lag_words.number(row.committed_offset), lag_words.number(row.end_offset))
    yield from (lag_words.lag(row), lag_words.seconds(row))
    if changed is not None:
        yield _delta(row, changed)
    yield lag_words.rate(row.produced_records_per_second)
    yield lag_words.rate(row.consumed_records_per_second)
    yield lag_words.owner(row) if by_partition else lag_words.number(row.members)
    yield Cell(lag_words.verdict(row), _style(row))


def _style(row: LagRow) -> str:
    if row.verdict is None:
        return "faint"
    return "" if row.verdict in _CALM else "warning"


def _delta(row: LagRow, changed: Changes) -> str:
    if row.key in changed.new:
        return "new"
    delta = changed.deltas.get(row.key)
    return lag_words.UNKNOWN if delta is None else f"{delta:+,}" if delta else "0"


def _nothing(page: LagPage) -> str:
    """Return what an empty table means."""
    if page.rows:
        return ""
    wanted = page.wanted
    so_far = "" if page.is_complete else " in what could be read"
    if page.lags:
        return f"No row has a lag of {wanted.min_lag_records:,} records or more{so_far}."
    fits = [f"group {wanted.group}"] if wanted.group else []
    fits += [f"topic {wanted.topic}"] if wanted.topic else []
    of = f" for {', '.join(fits)}" if fits else ""
    return f"No committed offset and no owned partition{of}{so_far}."


def _gone(changed: Changes | None) -> str:
    if changed is None or not changed.gone:
        return ""
    names = (f"{group} on {topic}" for group, topic, _ in changed.gone)
    return f"Gone: {listed(dict.fromkeys(names))}."


def _about(page: LagPage) -> str:
    """Return what the table is of, and how the rates are known."""
    groups = "" if page.groups is None else f"{count(page.groups, 'group')} "
    cluster = page.cluster_id or "without a known id"
    requests = f"{count(page.requests, 'request')}, read-only" if page.requests else "read-only"
    said = f"{groups}on cluster {cluster}, {page.duration_seconds:.1f} s, {requests}."
    return f"{said} {_windows(page.rows)}".strip()


def _windows(rows: Sequence[LagRow]) -> str:
    """Return over how long the rates are, as far as there are any."""
    over = [row.over_seconds for row in rows if row.over_seconds is not None]
    if not over:
        return ""
    short, long = span(round(min(over))), span(round(max(over)))
    return f"Rates over {short}." if short == long else f"Rates over {short} to {long}."
