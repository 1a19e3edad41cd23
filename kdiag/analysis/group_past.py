"""What the history says of each group as a whole: when it lost its last member, and how often.

A classic group that becomes empty leaves a record with the time (GroupMetadataValue,
currentStateTimestamp); of the other types the members leave tombstones.
"""

from collections.abc import Iterator
from typing import Any

from kdiag.check import derive
from kdiag.sections import GenerationHistory, MemberHistory
from kdiag.snapshot import Table


class GroupPast(Table):
    """One row a group with records about its members in the history.

    emptied_at: when it lost its last member, <NA> while it has some. empty_count: how often it was
    empty and got members again; longest_empty_seconds: the longest of these times, NaN without.
    """

    noun = "groups with a history"
    columns = {
        "group": "str",
        "emptied_at": "time",
        "empty_count": "int",
        "longest_empty_seconds": "float",
    }


@derive()
def group_past(generations: GenerationHistory, members: MemberHistory | None) -> GroupPast:
    """Follow each group through its records."""
    found = moments(generations, members)
    return GroupPast.from_rows([_row(group, each) for group, each in found.items()])


Moment = tuple[int, Any, bool]
"""Offset in the log, time, and whether the group had members then."""


def moments(
    generations: GenerationHistory, members: MemberHistory | None
) -> dict[str, list[Moment]]:
    """Return for each group, in the order of the log, when it had members and when it had none."""
    found: dict[str, list[Moment]] = {}
    for group, moment in (
        *_classic(generations),
        *(_broker_driven(members) if members is not None else ()),
    ):
        found.setdefault(group, []).append(moment)
    return {group: sorted(each) for group, each in found.items()}


def _classic(generations: GenerationHistory) -> Iterator[tuple[str, Moment]]:
    """Yield the moments of classic groups; the record that only creates one is none."""
    rows = generations.rows[(generations.rows["kind"] == "classic")]
    rows = rows[~rows["is_tombstone"]]
    has_members = rows["members"].map(bool).astype("bool")
    at = rows["written_at"].where(has_members, rows["state_since"].fillna(rows["written_at"]))
    is_creation = ~has_members & (rows["generation"] == 0).fillna(False)
    columns = (rows["group"], rows["log_offset"], at, has_members, is_creation)
    for group, offset, when, has_any, is_new in zip(*columns, strict=True):
        if not is_new:
            yield group, (int(offset), when, bool(has_any))


def _broker_driven(members: MemberHistory) -> Iterator[tuple[str, Moment]]:
    """Yield the moments of groups of the other types.

    A member whose first record is not that of its joining had joined before the history begins.
    """
    rows = members.rows[members.rows["member_id"].notna()]
    rows = rows.sort_values(["log_partition", "log_offset"])
    first = rows.drop_duplicates(["group", "member_id"])
    older = first[(first["record"] != "member") | first["is_tombstone"]]
    present: dict[str, set[str]] = {}
    for group, member in zip(older["group"], older["member_id"], strict=True):
        present.setdefault(group, set()).add(member)
    rows = rows[rows["record"] == "member"]
    names = ("group", "member_id", "log_offset", "written_at", "is_tombstone")
    for group, member, offset, at, is_gone in zip(*(rows[n] for n in names), strict=True):
        here = present.setdefault(group, set())
        (here.discard if is_gone else here.add)(member)
        yield group, (int(offset), at, bool(here))


def _row(group: str, moments: list[Moment]) -> dict[str, Any]:
    emptied_at, spans = None, []
    for _, at, has_members in moments:
        if has_members and emptied_at is not None:
            spans.append(max(0.0, (at - emptied_at).total_seconds()))
            emptied_at = None
        elif not has_members and emptied_at is None:
            emptied_at = at
    return {
        "group": group,
        "emptied_at": emptied_at,
        "empty_count": len(spans),
        "longest_empty_seconds": max(spans, default=None),
    }
