"""TLS that is older than 1.2, or does not look at who answers.

With an empty ssl.endpoint.identification.algorithm (none, for librdkafka) any certificate of the
authority will do, so that whoever has one can stand between. TLS 1.0 and 1.1 are broken.

Reads: server.properties, properties files of clients and workers.
"""

from kdiag.lint.api import Action, Finding, KeyedFile, KeyedFiles, Said, check

_OLD = ("SSLV2", "SSLV3", "TLSV1", "TLSV1.0", "TLSV1.1")
_NAMES = "ssl.endpoint.identification.algorithm"
_VERIFY = "enable.ssl.certificate.verification"


@check(area="security")
def weak_tls(files: KeyedFiles) -> Said:
    """Files with an old version of TLS, or with the check of names or certificates off."""
    for file in files:
        if file.kind in ("broker", "client", "worker"):
            yield from _versions(file)
            yield from _names(file)


def _versions(file: KeyedFile) -> Said:
    for key in ("ssl.enabled.protocols", "ssl.protocol"):
        words = [word.strip() for word in (file.value(key) or "").split(",")]
        old = [word for word in words if word.upper() in _OLD]
        if old:
            yield _finding(
                file, key, f"{key} allows {', '.join(old)}.", f"Set {key}={_right(key)}."
            )


def _right(key: str) -> str:
    return "TLSv1.3" if key == "ssl.protocol" else "TLSv1.2,TLSv1.3"


def _names(file: KeyedFile) -> Said:
    if _NAMES in file and file.value(_NAMES) in ("", "none"):
        text = "The names in certificates are not checked."
        yield _finding(file, _NAMES, text, f"Set {_NAMES}=https.")
    if file.value(_VERIFY) == "false":
        yield _finding(file, _VERIFY, "Certificates are not checked.", "Take that line out.")


def _finding(file: KeyedFile, key: str, text: str, do: str) -> Finding:
    return Finding(
        "warning",
        file.subject(key),
        text,
        "Somebody on the way can pass for a broker, and read and change what is sent.",
        evidence={"key": key, "value": file.value(key)},
        actions=(Action(do),),
    )
