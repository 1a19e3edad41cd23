"""The past of a group as lines, the newest first: rebalances, commits, deleted offsets."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from kdiag.pages.group import GroupPage
from kdiag.pages.rebalanced import Client, Rebalance
from kdiag.pages.timeline import MINUTE, Committed, Deleted, Timeline
from kdiag.render.lag_words import host
from kdiag.render.layout import Span, wrapped
from kdiag.wording import count, listed, span

_MOST = 30
_MOST_NAMES = 4
_TIME = 21
_INSTANT = 0.1


def timeline_lines(page: GroupPage, width: int, color: bool) -> Iterator[str]:
    """Yield the heading with the reach, and then a line an event."""
    if page.timeline is None:
        return
    yield from wrapped([Span("Timeline", "strong"), f"  {_reach(page)}"], width, color=color)
    events = sorted(_events(page.timeline, page.partitions_known), key=lambda it: it[0])[::-1]
    for at, shown, text in events[:_MOST]:
        time = f"{at.astimezone(UTC):{shown}}"
        yield from wrapped([text], width, time.ljust(_TIME), " " * _TIME)
    if len(events) > _MOST:
        yield f"{len(events) - _MOST:,} earlier ones (-o json)."


def _reach(page: GroupPage) -> str:
    since = page.timeline.complete_since if page.timeline else None
    if since is None:
        return "From when on it is complete is not known; times are UTC."
    ago = span(max(0, round((page.taken_at - since).total_seconds())))
    return f"Complete since {since.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC ({ago}); times are UTC."


Event = tuple[datetime, str, str]
"""Time, how it is written, and what happened."""

_SECOND = "%Y-%m-%d %H:%M:%S"
_FORMATS = {MINUTE: "%Y-%m-%d %H:%M"}
_HOURLY = "%Y-%m-%d %H h"


def _events(timeline: Timeline, partitions: int) -> Iterator[Event]:
    yield from ((each.at, _SECOND, _rebalanced(each)) for each in timeline.rebalances)
    yield from ((each.at, _SECOND, _deleted(each)) for each in timeline.deleted)
    for each in timeline.commits:
        yield each.begins_at, _FORMATS.get(each.seconds, _HOURLY), _committed(each, partitions)


def _rebalanced(each: Rebalance) -> str:
    if each.members == 0:
        return f"empty from then on{_moves(each)}"
    seconds = each.seconds or 0.0
    took = f", settled in {span(seconds)}" if seconds >= _INSTANT else ""
    members = count(each.members, "member")
    failed = f", after {count(each.failed_before, 'failed one')}" if each.failed_before else ""
    return f"rebalanced to generation {each.generation}: {members}{took}{failed}{_moves(each)}"


def _moves(each: Rebalance) -> str:
    words = [("joined", each.joined), ("left", each.left)]
    return "".join(f"; {word} {_clients(those)}" for word, those in words if those)


def _clients(those: Sequence[Client]) -> str:
    """Return clients by id and host; several of one kind once, with their number."""
    named = Counter(f"{one.client_id or 'a member'} {host(one.client_host)}" for one in those)
    names = [name if n == 1 else f"{n}x {name}" for name, n in named.items()]
    return listed(names, _MOST_NAMES)


def _committed(each: Committed, partitions: int) -> str:
    text = f"{count(each.commits, 'commit')}, {count(each.records, 'record')} further"
    if each.lag_records_then is None:
        return text
    part = f" on {each.partitions_then} of {partitions} partitions"
    some = part if (each.partitions_then or 0) < partitions else ""
    return f"{text}; lag then {each.lag_records_then:,}{some}"


def _deleted(each: Deleted) -> str:
    return f"offsets of {count(each.partitions, 'partition')} of {each.topic} expired or deleted"
