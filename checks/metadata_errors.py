"""Controllers and brokers that could not take over a part of the cluster's metadata.

A record of the metadata log that a process cannot load or apply makes it differ from the others,
and nothing else shows it: it goes on with what it has. Each process counts such errors since it
started.

Reads: JMX (MetadataErrorCount of KafkaController; metadata-load-error-count and
metadata-apply-error-count of broker-metadata-metrics; Kafka 3.3 and newer), ApiVersions (mode).
"""

from datetime import timedelta

from kdiag.api import (
    Action,
    Facts,
    Finding,
    KRaftMode,
    Said,
    check,
    count,
    subject_of,
    value_by_target,
)

_KINDS = {
    "metadata-errors": "controller_errors",
    "metadata-load-errors": "load_errors",
    "metadata-apply-errors": "apply_errors",
}


@check(area="controller", facts=(*_KINDS, "uptime"))
def metadata_errors(facts: Facts, mode: KRaftMode) -> Said:
    """Processes that failed to load or apply metadata since they started."""
    told = {name: value_by_target(facts, fact) for fact, name in _KINDS.items()}
    for target in sorted({target for values in told.values() for target in values}):
        errors = {name: int(values.get(target, 0)) for name, values in told.items()}
        errors = {name: number for name, number in errors.items() if number > 0}
        if errors:
            yield _finding(facts, target, errors)


def _finding(facts: Facts, target: str, errors: dict[str, int]) -> Finding:
    up_seconds = value_by_target(facts, "uptime").get(target)
    is_controller = "controller_errors" in errors
    return Finding(
        "critical",
        subject_of(target),
        f"{target.capitalize()} met {count(sum(errors.values()), 'metadata error')} since it "
        "started.",
        "It may answer by metadata that differs from that of the others: wrong leaders, missing "
        "topics, settings that were changed long ago.",
        cause="A record of the metadata log could not be "
        + ("processed by the controller." if is_controller else "loaded or applied."),
        evidence=errors,
        actions=(
            Action(
                f"Find the first error on {target}; it names the record.",
                "grep -E 'ERROR.*(FaultHandler|Error (loading|applying) metadata)' "
                "server.log controller.log",
            ),
            Action(
                "Restart this process: it reads all metadata anew. If the errors come back, "
                "compare its release with the others before anything else.",
                effect="disruptive",
            ),
        ),
        since=None if up_seconds is None else facts.read_at - timedelta(seconds=up_seconds),
    )
