"""Settings of clients that stand against what they are to be good at.

Throughput: larger batches that wait a little, compressed. Latency: no wait. Durability: a write
counts when all in-sync replicas have it, and is repeated without doubling. Defaults are those of
today: Java's producers have acks=all, idempotence (3.0) and linger.ms=5 (4.0); librdkafka has
acks=-1 and linger.ms=5, but no idempotence.

Reads: properties files of clients, with --goal; defaults of kdiag.keys.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kdiag.lint.api import Action, ClientFiles, Finding, KeyedFile, NotApplicable, Said, check

_COMPRESSED = ("gzip", "snappy", "lz4", "zstd")


@dataclass(frozen=True)
class _Aim:
    """A setting, when it serves a goal, what to write, and what it costs otherwise."""

    key: str
    serves: Callable[[str], bool]
    target: str
    otherwise: str


def _at_least(least: float) -> Callable[[str], bool]:
    return lambda value: _number(value) is None or (_number(value) or 0) >= least


def _at_most(most: float) -> Callable[[str], bool]:
    return lambda value: _number(value) is None or (_number(value) or 0) <= most


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _one_of(*words: str) -> Callable[[str], bool]:
    return lambda value: value.lower() in words


_COMMITTED = (
    "librdkafka commits records while they are still processed, and a crash loses them; Java's "
    "clients do with the next poll, which is too early where other threads process them."
)
_PRODUCER = {
    "throughput": (
        _Aim("batch.size", _at_least(65_536), "131072", "Small batches cost a request each."),
        _Aim("linger.ms", _at_least(5), "20", "Batches leave before they are full."),
        _Aim(
            "compression.type",
            _one_of(*_COMPRESSED),
            "lz4",
            "Records cross the network, and lie on disks, as large as they are.",
        ),
    ),
    "latency": (
        _Aim("linger.ms", _at_most(0), "0", "Each record waits for others to go with it."),
        _Aim(
            "acks",
            _one_of("1", "0"),
            "1",
            "A write waits for the slowest in-sync replica. With acks=1 it is lost where the "
            "leader dies first: keep all if that matters more.",
        ),
    ),
    "durability": (
        _Aim(
            "acks",
            _one_of("all", "-1"),
            "all",
            "A write that was acknowledged is lost where the leader dies before others have it.",
        ),
        _Aim(
            "enable.idempotence",
            _one_of("true"),
            "true",
            "A write that is repeated may be there twice, and out of order.",
        ),
        _Aim("retries", _at_least(1), "2147483647", "A write fails with the first lost answer."),
    ),
}
_CONSUMER = {
    "throughput": (
        _Aim("fetch.min.bytes", _at_least(1024), "65536", "Fetches return with a few records."),
    ),
    "latency": (
        _Aim("fetch.min.bytes", _at_most(1), "1", "A fetch waits until there is this much."),
    ),
    "durability": (
        _Aim(
            "enable.auto.commit",
            _one_of("false"),
            "false",
            _COMMITTED,
        ),
        _Aim(
            "auto.offset.reset",
            _one_of("earliest", "smallest", "beginning", "none", "error"),
            "earliest",
            "A group without offsets starts at the end, and skips what is there.",
        ),
    ),
}
_STREAMS = {
    "throughput": (),
    "latency": (),
    "durability": (
        _Aim(
            "replication.factor",
            _one_of("3", "4", "5"),
            "3",
            "Its state and repartition topics have as many copies as brokers make by default.",
        ),
        _Aim(
            "processing.guarantee",
            _one_of("exactly_once_v2"),
            "exactly_once_v2",
            "After a crash records are processed again, and counted twice.",
        ),
    ),
}


@check(area="files")
def lint_client_goal(clients: ClientFiles) -> Said:
    """Clients with a setting, or a default, against the goal they are given."""
    if clients.goal is None:
        yield NotApplicable("no --goal was given")
        return
    for file in clients:
        for aim in _aims(file, clients.goal):
            yield from _judged(file, aim, clients.goal)


def _aims(file: KeyedFile, goal: str) -> Iterator[_Aim]:
    if "application.id" in file:
        yield from _STREAMS[goal]
        return
    is_consumer = _is(file, "consumer", "group.id", "enable.auto.commit", "auto.offset.reset")
    is_producer = _is(file, "producer", "acks", "linger.ms", "key.serializer", "compression.type")
    if is_producer or not is_consumer:
        yield from _PRODUCER[goal]
    if is_consumer:
        yield from _CONSUMER[goal]


def _is(file: KeyedFile, table: str, *signs: str) -> bool:
    only = file.library == "java" and file.tables[0] == table and len(file.tables) <= 2
    return only or any(sign in file for sign in signs)


def _judged(file: KeyedFile, aim: _Aim, goal: str) -> Iterator[Finding]:
    value = file.effective(aim.key)
    if value is None or aim.serves(value):
        return
    setting = file.get(aim.key)
    where = "" if setting else f" (the default of {_who(file)})"
    yield Finding(
        "warning" if setting else "info",
        file.subject(aim.key),
        f"{aim.key}={value}{where} is not for {goal}.",
        aim.otherwise,
        evidence={"key": aim.key, "value": value, "target": aim.target, "goal": goal},
        actions=(Action(f"Set {aim.key}={aim.target}."),),
    )


def _who(file: KeyedFile) -> str:
    return "librdkafka" if file.library == "librdkafka" else "Java's clients"
