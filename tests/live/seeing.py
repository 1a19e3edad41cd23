"""What doctor sees of a lab in which several faults were made at once."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kdiag.cli.around import services_of_lab
from kdiag.collect import Limits, collect
from kdiag.diagnose import diagnose
from kdiag.finding import Report
from kdiag.lab import Lab, inject
from kdiag.lab.fault import Fault
from kdiag.plan import plan
from kdiag.registry import load_checks
from kdiag.snapshot import Snapshot

CHECKS = load_checks().checks


@dataclass
class Seen:
    """What doctor saw of a lab with all of them in it."""

    lab: Lab
    snapshot: Snapshot
    report: Report


def look(lab: Lab, **limits: Any) -> Snapshot:
    """Read a lab and what stands around it, with patience."""
    usual = {"sample_seconds": 0, "request_timeout_seconds": 20, "timeout_seconds": 60}
    return collect(
        plan(CHECKS),
        lab.bootstrap,
        limits=Limits(**(usual | limits)),
        services=services_of_lab(lab),
    )


def seen_of(lab: Lab, faults: Sequence[Fault], **limits: Any) -> Seen:
    """Make faults, and return what doctor says, with the tunables that they need."""
    time.sleep(inject(lab, faults))
    tunables = {id_: values for fault in faults for id_, values in fault.tunables.items()}
    snapshot = look(lab, **limits)
    return Seen(lab, snapshot, diagnose(snapshot, CHECKS, tunables))
