"""Passwords that are sent in clear text: SASL PLAIN on a listener without TLS.

PLAIN sends user name and password as they are (RFC 4616), with every connection. SCRAM does not,
but without TLS records still go in clear text.

Reads: DescribeConfigs (listeners, their protocols, sasl.enabled.mechanisms).
"""

from typing import Any

from kdiag.api import Action, Finding, ListenerRoles, Said, check, listener

_MECHANISM = "PLAIN"


@check(area="security")
def sasl_plain_unencrypted(roles: ListenerRoles) -> Said:
    """Listeners that take SASL PLAIN without TLS."""
    rows = roles.rows[roles.rows["protocol"] == "SASL_PLAINTEXT"]
    for row in rows[rows["mechanisms"].map(lambda words: _MECHANISM in words)].itertuples():
        yield _finding(row)


def _finding(row: Any) -> Finding:
    is_near = row.network == "loopback"
    return Finding(
        "info" if is_near else "critical",
        listener(row.broker, row.name),
        f"Listener {row.name} of broker {row.broker} takes passwords in clear text (SASL PLAIN "
        "without TLS).",
        "Whoever is on the way reads the passwords of clients, and then works in their names.",
        cause="It is advertised on loopback: from here it cannot be told whether others reach it."
        if is_near
        else "",
        evidence={"mechanisms": list(row.mechanisms), "network": row.network},
        actions=(
            Action(
                f"Change the protocol of {row.name} to SASL_SSL in listener.security.protocol.map, "
                "or offer SCRAM in place of PLAIN; then give all users new passwords.",
                effect="disruptive",
            ),
        ),
        confidence="possible" if is_near else "certain",
        covers=frozenset([listener(row.broker, row.name)]),
    )
