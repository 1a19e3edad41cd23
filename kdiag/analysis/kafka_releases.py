"""Which release the brokers run, and what the table of releases knows of it.

The protocol tells a release by what it can do (see Cluster). No broker tells its patch.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from kdiag.analysis.modes import is_no_kafka
from kdiag.check import derive
from kdiag.finding import NotApplicable
from kdiag.releases import Release, Releases, Version, releases
from kdiag.sections import Cluster
from kdiag.snapshot import Missing, Section

_OR_OLDER = " or older"


@dataclass(frozen=True, eq=False, kw_only=True)
class KafkaRelease(Section):
    """The release of the oldest broker, as Cluster tells it. day: of the snapshot."""

    noun: ClassVar[str] = "cluster"

    shown: str
    day: date

    @property
    def table(self) -> Releases:
        """What is known of releases."""
        return releases()

    @property
    def age_note(self) -> str:
        """A sentence on the age of the table, where it is too old to know all."""
        return " The table is more than a year old." if self.table.is_old(self.day) else ""

    @property
    def newest(self) -> Release | None:
        """The release; of `2.3 or older` the newest that it may be. None where it is not known."""
        return self.table.releases.get(self.shown.removesuffix(_OR_OLDER))

    @property
    def versions(self) -> list[Version]:
        """Every version, patches included, that a broker of this release may run."""
        if self.newest is None:
            return []
        if not self.shown.endswith(_OR_OLDER):
            return self.newest.patches
        known = self.table.releases.values()
        all_ = [patch for release in known for patch in release.patches]
        return [patch for patch in all_ if patch <= self.newest.latest]

    @property
    def ended(self) -> date | None:
        """The day on which support ended; None while it has some."""
        return None if self.newest is None else self.newest.ended


@derive()
def kafka_release(cluster: Cluster) -> KafkaRelease | Missing | NotApplicable:
    """Read the release off the cluster; one that is newer than the table is not judged."""
    if is_no_kafka(cluster):
        return NotApplicable(f"{cluster.service} tells no release of Apache Kafka")
    if cluster.version is None:
        return Missing("no broker told which release it runs")
    found = KafkaRelease(shown=cluster.version, day=cluster.read_at.date())
    as_of = found.table.as_of
    if found.newest is None:
        return NotApplicable(f"the table of releases, of {as_of}, does not know {found.shown}")
    if not found.age_note:
        return found
    too_old = Missing(f"it is of {as_of}, more than a year old", "a newer kdiag")
    return replace(found, errors={"the table of releases": too_old})
