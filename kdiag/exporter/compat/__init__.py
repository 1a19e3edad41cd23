"""Names of other exporters, for dashboards and alerts that read them.

The same names and labels, and the same values where these are right. Nothing is -1 where nothing is
known: there is no series. Lag is never negative, and never 0 where it is not known.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kdiag.exporter.compat import burrow, kafka_exporter, kafka_lag_exporter, kminion
from kdiag.exporter.family import Family
from kdiag.exporter.seen import Seen


@dataclass(frozen=True)
class Compat:
    """What makes the metrics of another exporter. configs: keys of topics that it shows."""

    families: Callable[[Seen, str], Iterable[Family]]
    configs: tuple[str, ...] = ()


COMPAT: Mapping[str, Compat] = {
    "kafka-exporter": Compat(kafka_exporter.families),
    "kafka-lag-exporter": Compat(kafka_lag_exporter.families),
    "kminion": Compat(kminion.families, ("cleanup.policy",)),
    "burrow": Compat(burrow.families),
}
"""Name of the other exporter, as --compat takes it."""
