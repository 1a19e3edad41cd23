"""How long each member stayed in its group, and what it left behind.

A client that was thrown out, or restarted, comes back with another member id: the same client id
and host, or the same group.instance.id, tell that it is the same client.
"""

from collections.abc import Callable, Sequence
from typing import Any

from kdiag.analysis.membership import Memberships, Step, Who
from kdiag.check import derive
from kdiag.snapshot import Table


class MemberLives(Table):
    """One row a stay of a member in a classic, consumer or streams group.

    began_at: <NA> where it was there before the history reaches. ended_at: end of the join phase
    that went on without it; <NA> while it stays. ending: left; replaced, where another member took
    its group.instance.id within the same generation; converted, where the group changed its type.
    emptied_group: nobody joined between its end and the moment at which the group was empty.
    rebalance_timeout_seconds: max.poll.interval.ms of the client, NaN for streams groups.
    session_timeout_seconds: NaN for groups that the broker drives, where it is the broker's.
    """

    noun = "stays of members"
    needs_rows = False
    columns = {
        "group": "str",
        "kind": "str",
        "member_id": "str",
        "instance_id": "str",
        "client_id": "str",
        "client_host": "str",
        "began_at": "time",
        "ended_at": "time",
        "ending": "str",
        "emptied_group": "bool",
        "rebalance_timeout_seconds": "float",
        "session_timeout_seconds": "float",
    }


@derive()
def member_lives(memberships: Memberships) -> MemberLives:
    """Follow each member of each group from its first generation to its last."""
    rows = [
        {"group": group, **life}
        for group, steps in memberships.steps.items()
        for life in _lives(steps)
    ]
    return MemberLives.from_rows(rows)


def _lives(steps: Sequence[Step]) -> list[dict[str, Any]]:
    lives: list[dict[str, Any]] = []
    present: dict[str, dict[str, Any]] = {}
    departed: list[dict[str, Any]] = []
    before: Step | None = None
    for number, step in enumerate(steps):
        gone = [present.pop(id_) for id_ in list(present) if id_ not in step.members]
        ending = _ending(before, step, steps[number + 1 : number + 2])
        for life in gone:
            life.update(ended_at=step.at, ending=ending(life))
        new = [id_ for id_ in step.members if id_ not in present]
        is_known = (before is not None or step.is_founding) and not step.is_before_reach
        present |= {
            id_: _life(id_, step.members[id_], step.kind, step.at if is_known else None)
            for id_ in new
        }
        lives += [present[id_] for id_ in new]
        departed = [] if new else departed + gone
        for life in departed if not step.members else ():
            life["emptied_group"] = True
        before = step
    return lives


def _ending(
    before: Step | None, step: Step, following: Sequence[Step]
) -> Callable[[dict[str, Any]], str]:
    """Return a function that names the ending of a life that ends with a step."""
    around = [*([before] if before else []), *following]
    changes = any(other.kind != step.kind for other in around)
    is_same = before is not None and before.generation == step.generation is not None
    taken = {who.instance_id for who in step.members.values() if who.instance_id is not None}

    def name(life: dict[str, Any]) -> str:
        if changes:
            return "converted"
        return "replaced" if is_same and life["instance_id"] in taken else "left"

    return name


def _life(member_id: str, who: Who, kind: str, began_at: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "member_id": member_id,
        "instance_id": who.instance_id,
        "client_id": who.client_id,
        "client_host": who.client_host,
        "began_at": began_at,
        "ended_at": None,
        "ending": None,
        "emptied_group": False,
        "rebalance_timeout_seconds": who.rebalance_timeout_seconds,
        "session_timeout_seconds": who.session_timeout_seconds,
    }
