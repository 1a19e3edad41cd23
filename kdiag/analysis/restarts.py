"""Dynamic members that were restarted within the time that their session would have lasted."""

from collections.abc import Iterator
from itertools import pairwise
from statistics import median
from typing import Any

from kdiag.analysis.member_lives import MemberLives
from kdiag.check import derive
from kdiag.snapshot import Table

TIMES = 3
"""Restarts of one client: one deploy and its rollback make two."""


class Restarts(Table):
    """One row a classic group with dynamic members that were restarted TIMES times each.

    times: restarts of all of them, within the history. away_seconds: median from the rebalance that
    went on without one to the one that brought it back; 0 where one rebalance did both. first_at:
    the first of them.
    """

    noun = "groups with restarts"
    needs_rows = False
    columns = {
        "group": "str",
        "clients": "object",
        "times": "int",
        "away_seconds": "float",
        "session_timeout_seconds": "float",
        "first_at": "time",
    }


@derive()
def restarts(lives: MemberLives) -> Restarts:
    """Find the clients whose stays follow each other closely."""
    rows = lives.rows
    dynamic = rows[(rows["kind"] == "classic") & rows["instance_id"].isna()]
    returned = dynamic[(dynamic["ending"] != "converted") & ~dynamic["emptied_group"]]
    client = ["group", "client_id", "client_host"]
    stays = returned.groupby(client)["member_id"].transform("size")
    found: dict[str, list[dict[str, Any]]] = {}
    for (group, *name), own in returned[stays > TIMES].groupby(client):
        each = list(_restarts(own))
        if len(each) >= TIMES:
            found.setdefault(group, []).append({"client": tuple(name), "restarts": each})
    return Restarts.from_rows([{"group": group, **_row(told)} for group, told in found.items()])


def _restarts(lives: Any) -> Iterator[tuple[Any, float, float]]:
    """Yield when, for how long, and with which session timeout a client was away."""
    ordered = lives[lives["began_at"].notna()].sort_values("began_at")
    for life, following in pairwise(ordered.itertuples()):
        if life.ended_at == life.ended_at:
            away = (following.began_at - life.ended_at).total_seconds()
            if 0 <= away < life.session_timeout_seconds:
                yield life.ended_at, away, life.session_timeout_seconds


def _row(told: list[dict[str, Any]]) -> dict[str, Any]:
    every = [restart for one in told for restart in one["restarts"]]
    return {
        "clients": tuple(one["client"] for one in told),
        "times": len(every),
        "away_seconds": median(away for _, away, _ in every),
        "session_timeout_seconds": every[-1][2],
        "first_at": min(at for at, _, _ in every),
    }
