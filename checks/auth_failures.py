"""Listeners at which authentication fails.

A client with a wrong password or an expired certificate tries again for ever, and every try costs a
handshake. A single failure is a typing error or a scanner.

Reads: JMX (failed-authentication-total and successful-authentication-total of each listener) in two
samples. A connection that ends before the handshake is over, as of a health check, is not counted.
"""

from typing import Any

from kdiag.api import (
    Action,
    FactDeltas,
    Finding,
    Said,
    Subject,
    check,
    count,
    rows_of,
    span,
    subject_of,
)

_ID = ["target", "listener"]


@check(area="security", facts=("authentications-failed", "authentications"))
def auth_failures(deltas: FactDeltas, *, least_count: int = 3, warning_ratio: float = 0.05) -> Said:
    """Listeners at which authentication fails again and again.

    least_count: failures between the samples; one client that tries again makes one a second or
        so (reconnect.backoff.max.ms is 1000 by default).
    warning_ratio: part of all authentications that fails.
    """
    failed = _sums(deltas, "authentications-failed")
    passed = _sums(deltas, "authentications")["delta"]
    for (target, listener), row in failed[failed["delta"] >= least_count].iterrows():
        ratio = row["delta"] / (row["delta"] + passed.get((target, listener), 0.0))
        if ratio >= warning_ratio:
            yield _finding(target, listener, row, ratio)


def _sums(deltas: FactDeltas, fact: str) -> Any:
    """Return the sums over network threads, by broker and listener."""
    rows = rows_of(deltas, fact)
    return rows.groupby(_ID).agg({"delta": "sum", "per_second": "sum", "seconds": "max"})


def _finding(target: str, listener: str, row: Any, ratio: float) -> Finding:
    number = int(row["delta"])
    return Finding(
        "warning",
        Subject.of("listener", broker=subject_of(target)["id"], name=listener),
        f"{count(number, 'authentication')} failed at listener {listener} of {target} within "
        f"{span(row['seconds'])}, {ratio:.0%} of all.",
        "The client cannot work, and its attempts take the time of network threads from others.",
        cause="A password or certificate that was changed, removed or has expired, a client with "
        "another mechanism, or somebody who guesses.",
        evidence={
            "failed_count": number,
            "failed_per_second": round(row["per_second"], 2),
            "failed_ratio": round(ratio, 3),
        },
        actions=(
            Action(
                "Find the address; the broker logs each failure.",
                "grep -E 'Failed authentication with|SSL handshake failed' server.log | tail",
            ),
            Action("Correct the client's credentials; for certificates see certificate-expiry."),
        ),
    )
