"""Client listeners without TLS.

What goes over them can be read and changed by whoever is on the way: records, and the names and
passwords of SASL PLAIN. A listener that brokers keep for themselves is another matter, and is not
reported; nor is one on loopback, which no network sees.

Reads: DescribeConfigs (listeners, their protocols), DescribeCluster (the listener that we use).
"""

from typing import Any

from kdiag.api import Action, Finding, ListenerRoles, NotApplicable, Said, check, listener

_PLAIN = ("PLAINTEXT", "SASL_PLAINTEXT")


@check(area="security", explained_by=("sasl-plain-unencrypted", "no-authorizer"))
def plaintext_listener(roles: ListenerRoles) -> Said:
    """Listeners of clients on which everything is sent in clear text."""
    rows = roles.rows[roles.rows["is_for_clients"]]
    far = rows[rows["network"] != "loopback"]
    if far.empty:
        yield NotApplicable("clients connect on loopback only, which no network sees")
    for row in far[far["protocol"].isin(_PLAIN)].itertuples():
        yield _finding(row)


def _finding(row: Any) -> Finding:
    return Finding(
        "warning",
        listener(row.broker, row.name),
        f"Listener {row.name} of broker {row.broker} has no TLS ({row.protocol}).",
        "Whoever is on the way between clients and broker can read and change records.",
        evidence={"protocol": row.protocol, "network": row.network},
        actions=(
            Action(
                "Add a listener with SASL_SSL on another port, restart the brokers one by one, "
                "move the clients to it, and then remove this one.",
                effect="disruptive",
            ),
        ),
        confidence="likely" if row.network is None else "certain",
    )
