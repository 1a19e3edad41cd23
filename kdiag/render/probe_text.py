"""`kdiag probe` as text: the verdict, a row a broker, and what was written where."""

from collections.abc import Iterator

import kdiag
from kdiag.probe.page import BrokerRow, ProbePage, Times, main_error
from kdiag.probe.verdict import verdict
from kdiag.render.layout import Span, wrapped
from kdiag.render.table import Cell, Column, table
from kdiag.wording import count, listed

_USUAL_WIDTH = 100
_UNKNOWN = "-"
_STYLES = {"available": "healthy", "failing": "critical", "incomplete": "unknown"}
_OF_STATE = {
    "available": "",
    "partly": "warning",
    "held-up": "warning",
    "unavailable": "critical",
    "not-probed": "unknown",
}
_COLUMNS = (
    Column("BROKER", is_number=True),
    Column("STATE"),
    Column("SENT", is_number=True),
    Column("ACKED", is_number=True, rank=1),
    Column("FAILED", is_number=True, rank=4),
    Column("LOST", is_number=True),
    Column("BACK", is_number=True),
    Column("WRITE p50", is_number=True),
    Column("p95", is_number=True, rank=7),
    Column("p99", is_number=True, rank=2),
    Column("max", is_number=True, rank=5),
    Column("ROUND TRIP p50", is_number=True),
    Column("p95", is_number=True, rank=8),
    Column("p99", is_number=True, rank=3),
    Column("max", is_number=True, rank=6),
)


def render(page: ProbePage, width: int | None = None, color: bool = False) -> str:
    """Return the page as text that ends in a newline. width: None for as wide as it is."""
    room = width or _USUAL_WIDTH
    told = verdict(page)
    fitted = table(_COLUMNS, [list(_cells(row)) for row in page.rows], width, color)
    left_out = ["No room for all columns (-o json has them)."] if fitted.left_out else []
    head = [f"  cluster {page.cluster_id or 'without a known id'}", f"  topic {page.topic}"]
    word = Span(told.status.upper(), _STYLES[told.status], is_whole=True)
    paragraphs = [
        list(wrapped([Span(f"kdiag {kdiag.__version__}", "strong"), *head], room, color=color)),
        list(wrapped([word, f"  {told.sentence}"], room, color=color)),
        fitted.lines,
        [line for text in (*_below(page), *left_out) for line in wrapped([text], room)],
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines) + "\n"


def _cells(row: BrokerRow) -> Iterator[Cell | str]:
    yield str(row.broker)
    yield Cell(row.state, _OF_STATE[row.state])
    counts = (row.sent, row.acknowledged, row.failed, row.lost)
    yield from (f"{number:,}" if row.sent else _UNKNOWN for number in counts)
    ratio = row.availability_ratio
    yield _UNKNOWN if ratio is None else f"{ratio:.2%}"
    yield from _times(row.produce)
    yield from _times(row.roundtrip)


def _times(held: Times | None) -> Iterator[str]:
    if held is None:
        yield from (_UNKNOWN,) * 4
        return
    for seconds in (held.p50_seconds, held.p95_seconds, held.p99_seconds, held.max_seconds):
        yield duration(seconds)


def duration(seconds: float) -> str:
    """Return a latency: `0.8 ms`, `23 ms`, `1.2 s`."""
    if seconds >= 1:
        return f"{seconds:.1f} s"
    milliseconds = seconds * 1000
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"


def _below(page: ProbePage) -> Iterator[str]:
    for row in page.rows:
        if row.reason:
            yield f"Broker {row.broker}: {row.reason}."
    for each in page.moved:
        by = "has no leader" if each.leader is None else f"was led by broker {each.leader}"
        yield f"Partition {each.partition}, there for broker {each.home}, {by} at the end."
    if page.read_errors:
        yield f"Reading back met {listed(page.read_errors)}."
    yield from _oddities(page)
    yield _commits(page)
    if page.is_interrupted:
        unknown = sum(row.unknown for row in page.rows)
        yield f"It was interrupted; what became of {count(unknown, 'record')} is not known."
    yield _written(page)


def _oddities(page: ProbePage) -> Iterator[str]:
    twice = sum(row.duplicated for row in page.rows)
    late = sum(row.out_of_order for row in page.rows)
    if twice:
        yield f"{count(twice, 'record')} came twice."
    if late:
        yield f"{count(late, 'record')} came after later ones."


def _commits(page: ProbePage) -> str:
    failed = sum(page.failed_commits.values())
    said = f"Commits of group {page.group}: {page.committed:,}"
    if page.commit is not None:
        p50, most = duration(page.commit.p50_seconds), duration(page.commit.max_seconds)
        said += f", p50 {p50}, max {most}"
    return f"{said}; {failed} failed ({main_error(page.failed_commits)})." if failed else f"{said}."


def _written(page: ProbePage) -> str:
    """Return what was written, and where: this is the command that does."""
    made = f"It {page.made}. " if page.made else ""
    first = " The first commit made Kafka create __consumer_offsets." * page.made_offsets_topic
    return (
        f"{made}This wrote {count(page.sent, 'record')} to topic {page.topic} and "
        f"{count(page.committed, 'commit')} for group {page.group} in "
        f"{page.duration_seconds:.1f} s, and nothing else.{first}"
    )
