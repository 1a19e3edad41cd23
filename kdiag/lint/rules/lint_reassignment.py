"""Reassignments that the tool refuses, or that leave a topic worse than a plan should.

What can be told from the file alone: entries that are none, keys that the tool passes over without
a word (log_dir for log_dirs, as 4.4.0 was seen to do), partitions that are there twice, one copy,
different numbers of copies in one topic, and one broker that is first everywhere, which makes it
the leader of all of them. Whether it fits the cluster: kdiag preflight reassign.

Reads: reassignment JSON, as kafka-reassign-partitions.sh takes it.
"""

from collections import Counter
from collections.abc import Iterator

from kdiag.lint.api import (
    Action,
    Finding,
    ReassignmentFile,
    ReassignmentFiles,
    Said,
    Severity,
    at,
    check,
    count,
)

_FEW = 3


@check(area="files")
def lint_reassignment(reassignments: ReassignmentFiles) -> Said:
    """Reassignments with entries that are refused, one copy, or one leader for everything."""
    for file in reassignments:
        for number, (message, place) in enumerate(file.faults, 1):
            yield Finding(
                "critical",
                at(file.path, place, f"fault {number}"),
                f"{message[0].upper()}{message[1:]}.",
                "kafka-reassign-partitions.sh refuses the file.",
                actions=(Action("Mend it; the format is that of --generate."),),
            )
        for key, meant, place in file.ignored:
            text = f"{key} is no key of a reassignment; {meant} is, and is not there."
            impact = f"kafka-reassign-partitions.sh passes it over, and sees no {meant}."
            yield _finding(file, f"key {key}", place, text, impact, f"Write {meant}.")
        yield from _copies(file)
        yield from _leaders(file)


def _copies(file: ReassignmentFile) -> Iterator[Finding]:
    sizes: dict[str, set[int]] = {}
    for entry in file.entries:
        known = sizes.setdefault(entry.topic, set())
        name = f"{entry.topic}-{entry.partition}"
        if len(entry.replicas) == 1:
            text = f"{name} has one replica in it."
            impact = "It is offline whenever that broker is, and lost with its disk."
            yield _finding(file, name, entry.place, text, impact, "List two more brokers.")
        elif known and len(entry.replicas) not in known:
            text = f"{name} has {count(len(entry.replicas), 'replica')}, others of it {min(known)}."
            impact = "The topic is as safe as its weakest partition."
            do = "List as many brokers for each partition."
            yield _finding(file, name, entry.place, text, impact, do)
        known.add(len(entry.replicas))


def _leaders(file: ReassignmentFile) -> Iterator[Finding]:
    firsts = Counter(entry.replicas[0] for entry in file.entries)
    brokers = {id_ for entry in file.entries for id_ in entry.replicas}
    if len(file.entries) >= _FEW and len(firsts) == 1 and len(brokers) > 1:
        [leader] = firsts
        text = f"Broker {leader} is first in all {len(file.entries)} entries, so it leads them all."
        impact = "It takes all reads and writes of them; the other brokers only copy."
        do = "Let each broker be first in its turn."
        yield _finding(file, "first replicas", file.entries[0].place, text, impact, do)


def _finding(
    file: ReassignmentFile, key: str, place: tuple[int, int], text: str, impact: str, do: str
) -> Finding:
    severity: Severity = "warning"
    return Finding(severity, at(file.path, place, key), text, impact, actions=(Action(do),))
