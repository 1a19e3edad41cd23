"""Static members whose group.instance.id is used by two processes.

The coordinator lets the newcomer take the place and fences the other (FENCED_INSTANCE_ID, KIP-345),
which is started again and fences the newcomer. The records do not tell who the newcomer is: it
takes over the client id and host of the first one (ClassicGroup.replaceStaticMember). But the one
that is thrown out was at work until then, while a member that died and was restarted was silent
for as long as its restart took.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from kdiag.analysis.commit_timeline import CommitTimeline
from kdiag.analysis.member_lives import MemberLives
from kdiag.analysis.silences import Silences
from kdiag.check import derive
from kdiag.sections import Groups
from kdiag.snapshot import Table

TAKEOVERS = 4
"""Within an hour: a deploy, its rollback and a third try make three."""

RESTART_SECONDS = 15
"""A silence that a restart explains, and the usual rhythm of commits (5 s by default) does not."""

_LATELY = timedelta(hours=1)
_SHARE = 0.8


class StaticDuplicates(Table):
    """One row a group.instance.id that members take from each other while they are at work.

    takeovers: within the last hour. lasted_seconds: median time that one of them has it.
    silent_seconds: median time without commits before a takeover; NaN where the group commits too
    seldom to tell. first_at, last_at: of these takeovers.
    """

    noun = "duplicate instance ids"
    needs_rows = False
    columns = {
        "group": "str",
        "instance_id": "str",
        "client_id": "str",
        "takeovers": "int",
        "lasted_seconds": "float",
        "silent_seconds": "float",
        "first_at": "time",
        "last_at": "time",
    }


@derive()
def static_duplicates(
    lives: MemberLives, groups: Groups, commits: CommitTimeline | None
) -> StaticDuplicates:
    """Follow each instance id of the groups that exist through the members that had it."""
    rows = lives.rows
    rows = rows[rows["instance_id"].notna() & rows["group"].isin(groups.rows["group"])]
    rows = rows[rows["ended_at"].isna() | (rows["ended_at"] >= groups.read_at - _LATELY)]
    holders = rows.groupby(["group", "instance_id"])["member_id"].transform("size")
    many = rows[holders > TAKEOVERS]
    silences = Silences.of(commits, set(many["group"]))
    found = [
        {"group": group, "instance_id": instance, **row}
        for (group, instance), each in many.groupby(["group", "instance_id"])
        for row in _duplicates(list(each.itertuples()), silences, groups.read_at)
    ]
    return StaticDuplicates.from_rows(found)


def _duplicates(lives: list[Any], silences: Silences, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the one row of an instance id that is taken from members at work, and goes on."""
    known = [life for life in lives if life.began_at == life.began_at]
    begins = {life.began_at for life in known}
    taken = [life for life in known if life.ended_at == life.ended_at and life.ended_at in begins]
    if len(taken) < TAKEOVERS:
        return
    lasted = [(life.ended_at - life.began_at).total_seconds() for life in taken]
    heard = [
        silences.before(life.group, life.began_at, life.ended_at, RESTART_SECONDS) for life in taken
    ]
    silent = [each for each in heard if each is not None]
    has_died = bool(silent) and median(silent) >= _SHARE * RESTART_SECONDS
    is_over = (now - taken[-1].ended_at).total_seconds() > max(60.0, 3 * median(lasted))
    if not has_died and not is_over:
        yield {
            "client_id": lives[-1].client_id,
            "takeovers": len(taken),
            "lasted_seconds": median(lasted),
            "silent_seconds": median(silent) if silent else None,
            "first_at": taken[0].ended_at,
            "last_at": taken[-1].ended_at,
        }
