"""Passwords that cross the network in clear text.

SASL PLAIN sends user name and password as they are; over SASL_PLAINTEXT whoever is on the way has
them. SCRAM does not send the password, whatever the listener.

Reads: server.properties (listeners, sasl.enabled.mechanisms); properties files of clients.
"""

from kdiag.lint.api import Action, Finding, KeyedFile, KeyedFiles, Said, check, listener_lines


@check(area="security")
def sasl_plain_unencrypted(files: KeyedFiles) -> Said:
    """Brokers or clients with SASL PLAIN and no TLS."""
    for file in files:
        if file.kind == "broker":
            yield from _broker(file)
        elif file.kind in ("client", "worker"):
            yield from _client(file)


def _broker(file: KeyedFile) -> Said:
    for line in listener_lines(file):
        own = f"listener.name.{line.name.lower()}.sasl.enabled.mechanisms"
        key = own if own in file else "sasl.enabled.mechanisms"
        mechanisms = (file.value(key) or "").upper().replace(" ", "").split(",")
        if line.protocol == "SASL_PLAINTEXT" and "PLAIN" in mechanisms and not line.is_loopback:
            yield _finding(file, key, f"Listener {line.name} takes SASL PLAIN without TLS")


def _client(file: KeyedFile) -> Said:
    protocol = (file.value("security.protocol") or "").upper()
    mechanism = (file.value("sasl.mechanism") or "").upper()
    if protocol == "SASL_PLAINTEXT" and mechanism == "PLAIN":
        yield _finding(file, "security.protocol", "The client logs in with PLAIN and without TLS")


def _finding(file: KeyedFile, key: str, text: str) -> Finding:
    return Finding(
        "critical",
        file.subject(key),
        f"{text}: passwords go over the network as they are.",
        "Whoever reads them there is that user from then on.",
        evidence={"key": key},
        actions=(Action("Use SASL_SSL; or SCRAM-SHA-512, which does not send the password."),),
    )
