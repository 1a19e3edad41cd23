"""`kdiag demo`: a healthy cluster, its faults, and whether doctor names each of them."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from kdiag.cli import screen
from kdiag.cli.diagnosis import Chosen, choose, report_of_cluster
from kdiag.cli.ending import FOUND, OK
from kdiag.cli.flags import Connection, Selection, flag
from kdiag.cli.logs import verbose_flag
from kdiag.cli.progress import Progress
from kdiag.finding import SUBJECT_KEYS, Report, Reported, Subject

if TYPE_CHECKING:
    from kdiag.lab import Lab
    from kdiag.lab.fault import Fault

_FAULTS = (
    "slow-consumer",
    "group-dead",
    "rf1-topic",
    "min-isr-equals-rf",
    "unclean-election-enabled",
    "broker-killed",
)
"""No blocked consumer: when the killed broker coordinates its group, it leaves the group too."""

_NEEDS_ROOT = "disk-nearly-full"
_SMALL_DISKS = {2: 1}
_SECONDS_OF_HEALTH = 5.0
_SECONDS_OF_TROUBLE = 45.0
"""Until the oldest unread record is so old that no healthy group has one (OLD_SECONDS of lag)."""


@click.command()
@flag("--no-color", is_flag=True, help="No colours, as NO_COLOR does.")
@verbose_flag
@click.pass_context
def demo(ctx: click.Context, no_color: bool) -> None:
    """Start 3 brokers with healthy load, break them, and let doctor find the faults.

    Takes about two minutes; the first time it fetches Kafka. Everything listens on loopback and is
    gone afterwards, also after Ctrl-C. Ends with 0 only if every fault was named with its object.
    """
    from kdiag.lab import Lab
    from kdiag.lab.faults import FAULTS

    is_root = os.geteuid() == 0
    faults = [FAULTS[name] for name in (*_FAULTS, *((_NEEDS_ROOT,) if is_root else ()))]
    _say("Starting 3 brokers")
    with Lab(
        brokers=3,
        racks=("r1", "r2", "r3"),
        properties={"min.insync.replicas": "2"},
        small_disks=_SMALL_DISKS if is_root else None,
    ) as lab:
        _load(lab)
        _break(lab, faults)
        report = _diagnose(lab, faults)
    screen.show(report, screen.TEXT, None, all_=True, no_color=no_color)
    lines = list(_verdicts(report, faults))
    screen.write("\n" + "\n".join(line for line, _ in lines) + "\n", None)
    ctx.exit(OK if all(is_named for _, is_named in lines) else FOUND)


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


def _load(lab: "Lab") -> None:
    _say("Starting healthy load")
    lab.create_topic("checkout")
    lab.start_producer("checkout", rate=50, keys=100)
    lab.start_consumer("checkout-app", "checkout")
    time.sleep(_SECONDS_OF_HEALTH)


def _break(lab: "Lab", faults: Sequence["Fault"]) -> None:
    from kdiag.lab.fault import inject

    _say(f"Injecting {len(faults)} faults: {', '.join(fault.name for fault in faults)}")
    with Progress("Injecting"):
        settle_seconds = inject(lab, faults)
    with Progress("Letting the faults do harm"):
        time.sleep(max(settle_seconds, _SECONDS_OF_TROUBLE))


def _diagnose(lab: "Lab", faults: Sequence["Fault"]) -> Report:
    _say(f"kdiag doctor --bootstrap-server {lab.bootstrap}")
    chosen = choose(Selection((), (), None, ()))
    tunables = {id_: values for fault in faults for id_, values in fault.tunables.items()}
    connection = Connection(lab.bootstrap, None, 5, 30, 5, 5, 64, False)
    return report_of_cluster(Chosen(chosen.checks, tunables), connection)


def _verdicts(report: Report, faults: Sequence["Fault"]) -> Iterator[tuple[str, bool]]:
    """Yield a line for each thing that doctor had to find, and whether it did."""
    expected = [(fault.name, *one) for fault in faults for one in fault.expects]
    column = max(len(name) for name, _, _ in expected)
    for name, check, subject in expected:
        is_named = any(item.check == check and meets(item, subject) for item in report.findings)
        answer = "yes" if is_named else "no "
        yield f"{name.ljust(column)}  named: {answer}  {check} on {named(subject)}", is_named


def meets(item: Reported, subject: Mapping[str, Any]) -> bool:
    """Tell whether a finding, or one of the objects that it merges, is about a subject."""
    subjects = [item.finding.subject.as_dict(), *(one["subject"] for one in item.objects)]
    return any(subject.items() <= one.items() for one in subjects)


def named(subject: Mapping[str, Any]) -> str:
    """Return a subject of the lab in words; it may lack keys that a finding's has."""
    keys = {key: subject[key] for key in SUBJECT_KEYS[subject["type"]] if key in subject}
    try:
        return str(Subject.of(subject["type"], **keys))
    except KeyError:
        values = " ".join(f"{key} {value}" for key, value in keys.items())
        return f"{subject['type'].replace('_', ' ')} of {values}"
