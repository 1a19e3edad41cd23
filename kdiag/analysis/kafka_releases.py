"""Which releases the brokers may run, and what the table of releases knows of them.

The protocol tells a release by what it can do: a KRaft broker by its newest metadata.version, one
with ZooKeeper by its newest Fetch version, which several releases share. No broker tells its patch.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from kdiag.check import derive
from kdiag.finding import NotApplicable
from kdiag.releases import Releases, Version, releases
from kdiag.sections import Cluster
from kdiag.snapshot import Missing, Section

# First release with a version of Fetch → those that speak no newer one (FetchRequest of Kafka).
_SAME_FETCH = {
    "2.7": ("2.7", "2.8", "3.0"),
    "3.1": ("3.1", "3.2", "3.3", "3.4"),
    "3.5": ("3.5", "3.6"),
    "3.7": ("3.7", "3.8"),
}
_OLDEST = "2.6 or older"


@dataclass(frozen=True, eq=False, kw_only=True)
class KafkaRelease(Section):
    """The release of the oldest broker: one name, or all those that it may be.

    day: of the snapshot.
    """

    noun: ClassVar[str] = "cluster"

    names: tuple[str, ...]
    day: date

    @property
    def shown(self) -> str:
        """The release in words."""
        return " or ".join(self.names)

    @property
    def table(self) -> Releases:
        """What is known of releases."""
        return releases()

    @property
    def versions(self) -> list[Version]:
        """Every version, patches included, that a broker of this release may run."""
        known = self.table.releases
        return [patch for name in self.names if name in known for patch in known[name].patches]

    @property
    def ended(self) -> date | None:
        """The day on which support ended for each of the names; None while one may have it."""
        known = self.table.releases
        days = [known[name].ended if name in known else None for name in self.names]
        if self.names == (_OLDEST,):
            days = [known["2.6"].ended]
        told = [day for day in days if day is not None]
        return max(told) if told and len(told) == len(days) else None


@derive()
def kafka_release(cluster: Cluster) -> KafkaRelease | Missing | NotApplicable:
    """Read the release off the cluster; one that is newer than the table is not judged."""
    if cluster.version is None:
        return Missing("no broker told which release it runs")
    names: tuple[str, ...] = (cluster.version,)
    if cluster.mode != "kraft" or "metadata.version" not in cluster.features:
        names = _SAME_FETCH.get(cluster.version, names)
    table = releases()
    if names != (_OLDEST,) and not any(name in table.releases for name in names):
        return NotApplicable(f"the table of releases, of {table.as_of}, does not know {names[0]}")
    day = cluster.read_at.date()
    errors = {"the table of releases": _too_old(table)} if table.is_old(day) else {}
    return KafkaRelease(names=names, day=day, errors=errors)


def _too_old(table: Releases) -> Missing:
    return Missing(f"it is of {table.as_of}, more than a year old", "a newer kdiag")
