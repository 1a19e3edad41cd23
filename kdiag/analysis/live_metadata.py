"""Whether leaders and ISRs are those of now: without a controller nobody changes them."""

from dataclasses import dataclass
from typing import ClassVar

from kdiag.check import derive
from kdiag.sections import Partitions, Quorum
from kdiag.snapshot import Missing, Section

_FROZEN = Missing("no controller answers, so that ISRs are still those of before")


@dataclass(frozen=True, eq=False, kw_only=True)
class LiveMetadata(Section):
    """Leaders and ISRs are those of now; where they may be old, `errors` says so."""

    noun: ClassVar[str] = "metadata"


def is_frozen(quorum: Quorum | None) -> bool:
    """Tell whether no controller answers: an answer without replicas stands for that."""
    return quorum is not None and len(quorum) == 0


@derive()
def live_metadata(partitions: Partitions, quorum: Quorum | None) -> LiveMetadata:
    """Tell from the answers to DescribeQuorum whether a controller is there."""
    return LiveMetadata(errors={"ISRs": _FROZEN} if is_frozen(quorum) else {})
