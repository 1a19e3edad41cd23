"""For how long brokers delay their answers to clients that exceed a quota (KIP-13)."""

from collections.abc import Iterator
from typing import Any

from kdiag.analysis.facts import rows_of
from kdiag.check import derive
from kdiag.sections import Facts
from kdiag.snapshot import Table

_KINDS = ("produce", "fetch", "request")
_ENTITY = ["user", "client_id"]


class ThrottleTimes(Table):
    """One row a client entity and kind of quota that brokers delay now.

    user, client_id: of the entity, None where it has none. kind: produce, fetch, or request (time
    of threads). target: the broker that delays it most, seconds: the mean delay of an answer there.
    """

    noun = "throttled clients"
    needs_rows = False
    columns = {
        "user": "str",
        "client_id": "str",
        "kind": "str",
        "target": "str",
        "seconds": "float",
    }


@derive(facts=tuple(f"{kind}-throttle" for kind in _KINDS))
def throttle_times(facts: Facts) -> ThrottleTimes:
    """Keep what is delayed at all, once for each entity."""
    return ThrottleTimes.from_rows([row for kind in _KINDS for row in _throttled(facts, kind)])


def _throttled(facts: Facts, kind: str) -> Iterator[dict[str, Any]]:
    rows = rows_of(facts, f"{kind}-throttle").rename(columns={"client-id": "client_id"})
    rows = rows[rows["value"] > 0].sort_values("value", ascending=False)
    for row in rows.drop_duplicates(_ENTITY).itertuples():
        yield {
            "user": row.user or None,
            "client_id": row.client_id or None,
            "kind": kind,
            "target": row.target,
            "seconds": row.value,
        }
