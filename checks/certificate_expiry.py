"""Certificates of listeners that end soon, are over or not yet valid, or are for another name.

Often one broker of many was forgotten: all goes well until clients or brokers connect anew, and
after a restart that broker gets no replicas. The end of an authority that a listener sends along
counts as well.

Thresholds: 30 and 7 days, as public authorities send their reminders; but certificates that are
made to be short (of a mesh: a day) are renewed at half or two thirds of their life, so that less
than a quarter, or a tenth, of it must be left. Life is that of the longest one on this listener,
for those that live more than three days.

Reads: a TLS handshake with every listener that has TLS and can be reached from here.
"""

from typing import Any

from kdiag.api import Action, Certificates, Finding, Said, Severity, check, listed, listener, span

_DAY_SECONDS = 86400.0


@check(area="security")
def certificate_expiry(
    certificates: Certificates,
    *,
    warning_days: float = 30,
    critical_days: float = 7,
    warning_ratio: float = 0.25,
    critical_ratio: float = 0.1,
) -> Said:
    """Certificates that end soon, are not valid, or do not fit the advertised name.

    warning_days: left of a certificate that is made to last longer.
    critical_days: the same for a critical finding.
    warning_ratio: part of its life, where that is less than the days.
    critical_ratio: the same for a critical finding.
    """
    for row in certificates.rows.itertuples():
        life = row.life_seconds
        warn = min(warning_days * _DAY_SECONDS, warning_ratio * life)
        crit = min(critical_days * _DAY_SECONDS, critical_ratio * life)
        if row.left_seconds < warn:
            yield _ending(row, "critical" if row.left_seconds < crit else "warning")
        elif row.starts_in_seconds > 0:
            yield _early(row)
        elif row.is_misnamed:
            yield _misnamed(row)


def _at(row: Any) -> str:
    return f"listener {row.name} of broker {row.broker}"


def _ending(row: Any, severity: Severity) -> Finding:
    is_over = row.left_seconds <= 0
    what = "An authority of the certificate of" if row.is_of_chain else "The certificate of"
    when = f"{span(abs(row.left_seconds))} ago" if is_over else f"in {span(row.left_seconds)}"
    return Finding(
        severity,
        listener(row.broker, row.name),
        f"{what} {_at(row)} {'ended' if is_over else 'ends'} {when}.",
        "Clients and brokers that verify it cannot connect to this broker"
        + ("." if is_over else " from then on; open connections stay until they are closed."),
        evidence={
            "not_after": f"{row.not_after:%Y-%m-%d %H:%M} UTC",
            "left_seconds": round(row.left_seconds),
            "address": f"{row.host}:{row.port}",
        },
        actions=(_look(row), _renew(row)),
    )


def _early(row: Any) -> Finding:
    return Finding(
        "critical",
        listener(row.broker, row.name),
        f"The certificate of {_at(row)} is valid only from {span(row.starts_in_seconds)} on.",
        "Clients and brokers that verify it cannot connect to this broker until then.",
        cause="It was put in place too soon, or a clock is wrong: the one of the authority, or the "
        "one here.",
        evidence={
            "starts_in_seconds": round(row.starts_in_seconds),
            "address": f"{row.host}:{row.port}",
        },
        actions=(_look(row), Action("Compare the clocks.", "date -u")),
    )


def _misnamed(row: Any) -> Finding:
    return Finding(
        "warning",
        listener(row.broker, row.name),
        f"The certificate of {_at(row)} is not for {row.host}, which is advertised, but for "
        f"{listed(row.names) or 'no name'}.",
        "Clients that compare names, as Kafka's do unless told otherwise, cannot connect to this "
        "broker.",
        evidence={"advertised_host": row.host, "names": list(row.names)},
        actions=(
            _look(row),
            Action(
                f"Issue a certificate with {row.host} as alternative name, or advertise a name "
                "that it has. Clients should not stop comparing names.",
                effect="disruptive",
            ),
        ),
    )


def _look(row: Any) -> Action:
    return Action(
        "See the certificate that this broker shows.",
        "openssl s_client -connect {host}:{port} -servername {host} </dev/null 2>/dev/null "
        "| openssl x509 -noout -subject -issuer -dates -ext subjectAltName",
        values={"host": row.host, "port": row.port},
    )


def _renew(row: Any) -> Action:
    return Action(
        "Put a renewed certificate into the key store, and let the broker read it without a "
        "restart by setting its location again.",
        "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
        "brokers --entity-name {broker} --add-config "
        "listener.name.{listener}.ssl.keystore.location=FILE",
        "safe",
        {"broker": row.broker, "listener": row.name.lower()},
    )
