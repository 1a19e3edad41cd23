"""What becomes of records that a connector cannot handle.

A sink with errors.tolerance=all and no dead letter topic drops them without a trace; with none,
which is the default, the first of them stops the task. A dead letter topic works for sinks only,
and only with errors.tolerance=all.

Reads: connectors; errors.tolerance, errors.deadletterqueue.topic.name, errors.log.enable.
"""

from collections.abc import Iterator

from kdiag.lint.api import (
    Action,
    ConnectorFiles,
    Finding,
    KeyedFile,
    Said,
    Severity,
    check,
    is_sink,
)

_DLQ = "errors.deadletterqueue.topic.name"
_LOG = "errors.log.enable"


@check(area="files")
def lint_connector_dlq(connectors: ConnectorFiles) -> Said:
    """Connectors that drop records unseen, or have no place for those that they cannot handle."""
    for file in connectors:
        sink = is_sink(file)
        if sink is True:
            yield from _sink(file)
        elif sink is False:
            yield from _source(file)


def _sink(file: KeyedFile) -> Iterator[Finding]:
    written = file.get(_DLQ)
    has_dlq = written is not None and bool(written.value)
    topics = {each.strip() for each in (file.value("topics") or "").split(",")}
    if written is not None and has_dlq and written.value.strip() in topics:
        yield _finding(
            file,
            _DLQ,
            "critical",
            f"has {written.value} among its topics, and as its dead letter topic.",
            "Connect refuses the connector (HTTP 400).",
            f"Give {_DLQ} a topic of its own.",
        )
    tolerance = file.value("errors.tolerance") or ("none" if "errors.tolerance" not in file else "")
    if tolerance == "all" and not has_dlq:
        yield _finding(
            file,
            "errors.tolerance",
            "warning",
            "skips records that it cannot handle (errors.tolerance=all), and keeps them nowhere.",
            "They are lost" + ("." if file.is_on(_LOG) else ", and not even logged."),
            f"Set {_DLQ}, and errors.deadletterqueue.context.headers.enable=true.",
        )
    elif tolerance == "none" and has_dlq:
        yield _finding(
            file,
            _DLQ,
            "warning",
            "has a dead letter topic, but errors.tolerance=none does not use it.",
            "The first record that it cannot handle stops the task all the same.",
            "Set errors.tolerance=all.",
        )
    elif tolerance == "none":
        yield _finding(
            file,
            _DLQ,
            "info",
            "has no dead letter topic: the first record that it cannot handle stops its task.",
            "Its group falls behind until somebody skips that record.",
            f"Set errors.tolerance=all and {_DLQ}, unless it must rather stop than go on.",
        )


def _source(file: KeyedFile) -> Iterator[Finding]:
    if file.value("errors.tolerance") == "all" and file.is_on(_LOG) is False:
        yield _finding(
            file,
            "errors.tolerance",
            "warning",
            "skips what it cannot convert (errors.tolerance=all); a source has no dead letters.",
            "Changes of the source are lost, and not even logged.",
            "Set errors.log.enable=true and errors.log.include.messages=false, or tolerance none.",
        )
    if _DLQ in file:
        yield _finding(
            file,
            _DLQ,
            "info",
            "is a source; a dead letter topic works for sinks only.",
            "Nothing is ever written there.",
            "Take it out.",
        )


def _finding(
    file: KeyedFile, key: str, severity: Severity, text: str, impact: str, do: str
) -> Finding:
    return Finding(
        severity,
        file.subject(key),
        f"Connector {file.name} {text}" if file.name else f"The connector {text}",
        impact,
        evidence={"key": key, "errors_tolerance": file.effective("errors.tolerance")},
        actions=(Action(do),),
    )
