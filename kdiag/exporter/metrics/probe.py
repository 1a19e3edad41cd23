"""What the probe of one cluster writes and reads back, broker by broker."""

from collections.abc import Callable, Iterator, Mapping

from kdiag.exporter.family import Distribution, Family
from kdiag.probe.latencies import BOUNDS_SECONDS, Latencies
from kdiag.probe.ledger import Tally
from kdiag.probe.prober import Probed

_ACTIVE = Family("kdiag_probe_active", "1 if the probe writes; 0 while it lacks its topic.")
_UP = Family(
    "kdiag_probe_up",
    "1 if the last record through the broker was acknowledged and all were read back in time; 0 "
    "where that is not so, or the cluster lists the broker as away. No series where the broker "
    "leads no partition of the topic.",
    ("broker",),
)
_COUNTS: Mapping[str, tuple[str, Callable[[Tally], int]]] = {
    "sent": ("that were sent, while the broker led their partition", lambda one: one.sent),
    "acknowledged": ("that all in-sync replicas have", lambda one: one.acknowledged),
    "failed": ("that were not acknowledged", lambda one: sum(one.failed.values())),
    "received": ("that were acknowledged and read back", lambda one: one.received),
    "lost": (
        "that were acknowledged, and missing where a later one was read",
        lambda one: one.lost,
    ),
    "duplicated": ("that were read once more", lambda one: one.duplicated),
}
_PRODUCE = Family(
    "kdiag_probe_produce_seconds",
    "From sending a record until it was acknowledged with acks=all.",
    ("broker",),
    kind="histogram",
)
_ROUNDTRIP = Family(
    "kdiag_probe_roundtrip_seconds",
    "From sending a record until it was read back.",
    ("broker",),
    kind="histogram",
)
_COMMIT = Family(
    "kdiag_probe_commit_seconds",
    "How long a commit of the probe's group took.",
    kind="histogram",
)
_FAILED_COMMITS = Family(
    "kdiag_probe_commits_failed",
    "Commits of the probe's group that failed, by error.",
    ("error",),
    kind="counter",
)


def probe(probed: Probed) -> Iterator[Family]:
    """Yield all families of a probe."""
    yield _ACTIVE.one(int(probed.is_active))
    yield _UP.rows([(id_, int(is_up)) for id_, is_up in sorted(probed.up.items())])
    tallies = sorted(probed.tallies.items())
    for name, (what, value) in _COUNTS.items():
        family = Family(
            f"kdiag_probe_records_{name}", f"Records {what}.", ("broker",), kind="counter"
        )
        yield family.rows([(id_, value(tally)) for id_, tally in tallies])
    yield _PRODUCE.rows([(id_, _distribution(tally.produce)) for id_, tally in tallies])
    yield _ROUNDTRIP.rows([(id_, _distribution(tally.roundtrip)) for id_, tally in tallies])
    if probed.is_active:
        yield _COMMIT.one(_distribution(probed.commits))
    yield _FAILED_COMMITS.rows(sorted(probed.failed_commits.items()))


def _distribution(held: Latencies) -> Distribution:
    return Distribution(BOUNDS_SECONDS, held.counts, held.sum_seconds)
