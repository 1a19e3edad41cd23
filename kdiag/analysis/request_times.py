"""Where requests spend their time, between two samples.

A histogram's Mean over its whole life times its Count is the sum of all values (Histogram of
Yammer metrics keeps both), so two samples give the exact mean in between.
"""

from typing import Any

from kdiag.analysis.facts import FactDeltas, rows_of
from kdiag.check import Earlier, derive
from kdiag.sections import Facts
from kdiag.snapshot import Missing, Table

PHASES = ("queue", "local", "remote", "response-queue", "send")
"""The parts of a request's time, in their order (RequestChannel of Kafka)."""

_NAMES = ("total", *PHASES)
_ID = ["target", "request"]


class RequestTimes(Table):
    """One row a broker and kind of request that was served between the two samples.

    requests: how many. total_seconds and one column for each phase: mean of one request.
    """

    noun = "kinds of requests"
    needs_rows = False
    columns = {
        "target": "str",
        "request": "str",
        "requests": "float",
        **{f"{name.replace('-', '_')}_seconds": "float" for name in _NAMES},
    }


@derive(facts=tuple(f"request-{name}-{what}" for name in _NAMES for what in ("mean", "count")))
def request_times(
    facts: Facts, before: Earlier[Facts] | None, deltas: FactDeltas
) -> RequestTimes | Missing:
    """Return what the mean of each phase was between the samples."""
    if before is None:
        return Missing("only one sample was taken", "--sample-seconds")
    counted = rows_of(deltas, "request-total-count")
    rows = counted[counted["delta"] > 0][[*_ID, "delta"]].rename(columns={"delta": "requests"})
    for name in _NAMES:
        column = f"{name.replace('-', '_')}_seconds"
        spent = _sums(facts, name) - _sums(before, name)
        rows = rows.merge(spent.rename(column).reset_index(), how="left", on=_ID)
        rows[column] = (rows[column] / rows["requests"]).clip(lower=0.0)
    return RequestTimes(rows=rows[list(RequestTimes.columns)], errors=facts.errors)


def _sums(facts: Facts, name: str) -> Any:
    """Return the seconds of all requests since the broker started, by target and request."""
    mean = rows_of(facts, f"request-{name}-mean").set_index(_ID)["value"]
    count = rows_of(facts, f"request-{name}-count").set_index(_ID)["value"]
    return mean * count
