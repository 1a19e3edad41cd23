"""Batches that arrive damaged.

The broker checks each batch that it is to append, of producers and of leaders that it follows. What
does not fit is refused. A wrong checksum means that bytes changed on the way or on a disk; a wrong
magic number or sequence means a client that builds batches wrongly.

Reads: JMX (InvalidMessageCrcRecordsPerSec, InvalidMagicNumberRecordsPerSec,
InvalidOffsetOrSequenceRecordsPerSec) in two samples. Most releases count them by broker only.
"""

from kdiag.api import (
    Action,
    FactDeltas,
    Finding,
    Growth,
    Said,
    Subject,
    check,
    growths,
    listed,
    span,
    subject_of,
)

_KINDS = {
    "crc": ("records-invalid-crc", "do not fit their checksum"),
    "magic": ("records-invalid-magic", "have a wrong magic number"),
    "sequence": ("records-invalid-sequence", "have offsets or sequences with gaps"),
}
_DAMAGED = (
    "Bytes changed: memory, network card, or the disk of a leader that this broker follows. "
    "TCP's own checksum misses some."
)
_BUILT = "A client, or a proxy in between, builds batches wrongly."


@check(
    area="topics",
    facts=tuple(fact for fact, _ in _KINDS.values()),
)
def corrupt_records(deltas: FactDeltas, *, most_count: int = 0) -> Said:
    """Batches that brokers refused between the samples because they are damaged.

    most_count: how many of one kind are no fault; none by default, as a healthy cluster has none.
    """
    found: dict[Subject, dict[str, Growth]] = {}
    for kind, (fact, _) in _KINDS.items():
        for growth in growths(deltas, fact):
            if growth.number > most_count:
                found.setdefault(growth.subject, {})[kind] = growth
    for subject, kinds in found.items():
        yield _finding(subject, kinds)


def _finding(subject: Subject, kinds: dict[str, Growth]) -> Finding:
    first = next(iter(kinds.values()))
    where = f"Batches of {first.name}" if first.topic_name else f"Batches sent to {first.name}"
    what = listed(f"{int(growth.number):,} {_KINDS[kind][1]}" for kind, growth in kinds.items())
    is_damaged = "crc" in kinds
    targets = sorted({target for growth in kinds.values() for target in growth.targets})
    return Finding(
        "critical" if is_damaged else "warning",
        subject,
        f"{where} arrived damaged within {span(first.seconds)}: {what}.",
        "They are refused: producers send them again or lose them, and a follower that gets such "
        "from its leader stops following.",
        cause=_DAMAGED if is_damaged else _BUILT,
        evidence={
            **{f"invalid_{kind}_count": int(growth.number) for kind, growth in kinds.items()},
            "brokers": targets,
        },
        actions=(
            Action(
                "The broker names the partition; see whether it is one, one client, or one host.",
                "grep -E 'CorruptRecordException|InvalidRecordException|Record is corrupt' "
                "server.log | tail",
            ),
            Action(
                "If a leader's log is damaged, see which segment, on its host.",
                "kafka-dump-log.sh --deep-iteration --files SEGMENT.log | grep -v 'isvalid: true'",
            ),
        ),
        covers=frozenset([subject, *map(subject_of, targets)]),
    )
