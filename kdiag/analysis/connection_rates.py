"""How fast each listener gets new connections, and how many of them stay.

A broker keeps these numbers for each network thread; a listener's are the sum of its threads.
"""

from typing import Any

from kdiag.analysis.facts import FactDeltas, rows_of
from kdiag.analysis.uptimes import uptimes
from kdiag.check import Earlier, derive
from kdiag.sections import Facts
from kdiag.snapshot import Missing, Table
from kdiag.wording import span

SETTLED_SECONDS = 30.0
"""Clients find a broker that started within seconds (reconnect.backoff.max.ms), and stay."""

_BURST_PER_SECOND = 20.0
_ID = ["target", "listener"]


class ConnectionRates(Table):
    """One row a broker and listener.

    open_count: connections now. grown_count: how many more than in the sample before.
    opened_per_second: new ones between the samples. mean_per_second: since the broker started.
    seconds: between the samples.
    """

    noun = "listeners"
    columns = {
        "target": "str",
        "listener": "str",
        "open_count": "float",
        "grown_count": "float",
        "opened_per_second": "float",
        "mean_per_second": "float",
        "seconds": "float",
    }


@derive(facts=("connections", "connections-created"))
def connection_rates(
    facts: Facts, before: Earlier[Facts] | None, deltas: FactDeltas
) -> ConnectionRates | Missing:
    """Sum over network threads; a broker that started just now is not judged by its burst."""
    if before is None:
        return Missing("only one sample was taken", "--sample-seconds")
    created = rows_of(deltas, "connections-created")
    rows = created.groupby(_ID, as_index=False).agg(
        delta=("delta", "sum"),
        opened_per_second=("per_second", "sum"),
        value=("value", "sum"),
        seconds=("seconds", "max"),
    )
    now, then = _open(facts).rename("open_count"), _open(before).rename("then")
    rows = rows.merge(now.reset_index(), on=_ID).merge(then.reset_index(), how="left", on=_ID)
    uptime = rows["target"].map(uptimes(facts)).astype("float64")
    rows["grown_count"] = rows["open_count"] - rows["then"].fillna(0.0)
    rows["mean_per_second"] = rows["value"] / uptime
    young = (uptime < SETTLED_SECONDS) & (rows["opened_per_second"] > _BURST_PER_SECOND)
    errors = {
        target: Missing(f"it started {span(age)} ago, and its clients connect anew")
        for target, age in zip(rows.loc[young, "target"], uptime[young], strict=True)
    }
    kept = rows.loc[~young, list(ConnectionRates.columns)].reset_index(drop=True)
    return ConnectionRates(rows=kept, errors={**facts.errors, **errors})


def _open(facts: Facts) -> Any:
    """Return (broker, listener) → open connections."""
    return rows_of(facts, "connections").groupby(_ID)["value"].sum()
