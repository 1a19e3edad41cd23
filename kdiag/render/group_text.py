"""`kdiag group` as text: what it is, who is in it, what it reads, what it did."""

from collections.abc import Iterator, Sequence

from kdiag.pages.changes import Changes
from kdiag.pages.group import GroupPage, MemberRow
from kdiag.render import lag_words
from kdiag.render.group_timeline import timeline_lines
from kdiag.render.lag_text import lag_table
from kdiag.render.layout import Span, wrapped
from kdiag.render.table import Column, table
from kdiag.render.unread import unread_sentence
from kdiag.wording import count, span

_USUAL_WIDTH = 100
_SHORT_ID = 12
_MEMBER_COLUMNS = (
    Column("MEMBER", least=8),
    Column("INSTANCE", least=8, rank=3),
    Column("CLIENT", least=10),
    Column("HOST", least=12),
    Column("LAG", is_number=True),
    Column("PARTITIONS", least=12),
)


def render(
    page: GroupPage, width: int | None = None, color: bool = False, changed: Changes | None = None
) -> str:
    """Return the page as text that ends in a newline.

    width: of the terminal, None for as wide as it is. changed: since the page before.
    """
    of_topics, _ = lag_table(page.topics, width, color, changed, by_partition=False)
    paragraphs = [
        list(_head(page, width or _USUAL_WIDTH, color)),
        list(_members(page, width, color)),
        list(of_topics),
        list(_subtopologies(page, width, color)),
        list(timeline_lines(page, width or _USUAL_WIDTH, color)),
        list(wrapped([unread_sentence(page.unread)], width or _USUAL_WIDTH)),
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if any(lines)) + "\n"


def _head(page: GroupPage, width: int, color: bool) -> Iterator[str]:
    members = None if page.members is None else count(len(page.members), "member")
    since = ""
    if page.empty_since is not None:
        empty = (page.taken_at - page.empty_since).total_seconds()
        since = f" for {span(max(0, round(empty)))}"
    yield from wrapped(
        [
            Span(f"group {page.group}", "strong"),
            f"  {page.type or 'of unknown type'}{_protocol(page)}",
            Span(f"  {page.state or 'in unknown state'}{since}", "strong"),
            f"  {members or 'members not known'}",
        ],
        width,
        color=color,
    )
    yield from wrapped([_where(page)], width)


def _protocol(page: GroupPage) -> str:
    words = [word for word in (page.protocol_type, page.protocol) if word]
    return f" ({', '.join(words)})" if words and page.type == "classic" else ""


def _where(page: GroupPage) -> str:
    what = "generation" if page.type in ("classic", None) else "epoch"
    at = "not known" if page.generation is None else str(page.generation)
    broker = "not known" if page.coordinator is None else f"broker {page.coordinator}"
    address = f" ({page.coordinator_address})" if page.coordinator_address else ""
    return (
        f"{what} {at}  coordinator {broker}{address}  cluster {page.cluster_id or 'not known'}  "
        f"{page.duration_seconds:.1f} s, read-only"
    )


def _members(page: GroupPage, width: int | None, color: bool) -> Sequence[str]:
    if not page.members:
        return []
    rows = [_member(member) for member in page.members]
    return table(_MEMBER_COLUMNS, rows, width, color).lines


def _member(member: MemberRow) -> list[str]:
    settled = " (not settled)" if member.is_settled is False else ""
    return [
        short(member.member_id, member.client_id),
        member.instance_id or "-",
        member.client_id,
        lag_words.host(member.client_host),
        lag_words.number(member.lag_records),
        f"{partitions(member.partitions)}{settled}",
    ]


def short(member_id: str, client_id: str | None) -> str:
    """Return a member id without the client id that it begins with, cut to tell members apart."""
    rest = member_id.removeprefix(f"{client_id}-") if client_id else member_id
    return rest[:_SHORT_ID]


def partitions(owned: Sequence[tuple[str, int]] | None) -> str:
    """Return topics with their partitions: `orders 0-3,7  payments 1`."""
    if owned is None:
        return lag_words.UNKNOWN
    by_topic: dict[str, list[int]] = {}
    for topic, number in sorted(owned):
        by_topic.setdefault(topic, []).append(number)
    return "  ".join(f"{topic} {_ranges(each)}" for topic, each in by_topic.items()) or "none"


def _ranges(numbers: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _subtopologies(page: GroupPage, width: int | None, color: bool) -> Sequence[str]:
    if not page.subtopologies:
        return []
    columns = (Column("SUBTOPOLOGY"), Column("READS", least=20), Column("INTERNAL", least=20))
    rows = [
        [each.subtopology, ", ".join(each.source_topics), ", ".join(each.internal_topics)]
        for each in page.subtopologies
    ]
    return table(columns, rows, width, color).lines
