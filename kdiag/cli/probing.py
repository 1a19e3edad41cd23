"""What `kdiag probe` and `kdiag exporter --probe` share: consent, names, and access."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from kdiag.cli import flags
from kdiag.cli.flags import Connection, flag
from kdiag.errors import UsageError
from kdiag.wording import count

if TYPE_CHECKING:
    from kdiag.cli.diagnosis import Reader
    from kdiag.probe.access import Access
    from kdiag.probe.prober import Prober

F = TypeVar("F", bound=Callable[..., Any])

NAME = "kdiag-probe"
"""Topic and group, unless flags name others."""

DEADLINE_SECONDS = 10.0


@dataclass(frozen=True)
class Probing:
    """What the exporter is to write, as the flags say."""

    probe: bool
    allow_writes: bool
    probe_create: bool
    probe_topic: str
    probe_group: str
    probe_rate: float


_PROBING = (
    flag(
        "--probe",
        is_flag=True,
        help="Write records through every broker of each cluster and read them back, all the "
        "time; needs --allow-writes.",
    ),
    flag("--allow-writes", is_flag=True, help="Let --probe write; nothing else does."),
    flag(
        "--probe-create",
        is_flag=True,
        help="Create the topic of the probe, or partitions for brokers without one.",
    ),
    flag(
        "--probe-topic", default=NAME, show_default=True, metavar="NAME", help="The probe's topic."
    ),
    flag(
        "--probe-group", default=NAME, show_default=True, metavar="NAME", help="The probe's group."
    ),
    flag(
        "--probe-rate",
        type=click.FloatRange(min=0.01, max=100),
        default=1,
        show_default=True,
        metavar="N",
        help="Records a second to each partition.",
    ),
)


def probing_flags(function: F) -> F:
    """Add the flags of a probe that goes on; the command gets them as `probing`."""
    return cast(F, flags.bundled(function, "probing", Probing, _PROBING))


def require_allowed(probing: Probing) -> None:
    """Refuse --probe without --allow-writes, or with names that may be somebody else's."""
    if not probing.probe:
        return
    topic, group = probing.probe_topic, probing.probe_group
    require_own_names(probe_topic=topic, probe_group=group)
    what = would_go_on_writing(topic, group, probing.probe_rate)
    require_consent(probing.allow_writes, what)


def prober(read: "Reader", probing: Probing) -> "Prober | None":
    """Return what probes a cluster; None where that was not asked for."""
    if not probing.probe:
        return None
    from kdiag.probe.prober import Prober

    topic, group = probing.probe_topic, probing.probe_group
    return Prober(
        access(read, topic, group, probing.probe_rate, DEADLINE_SECONDS), probing.probe_create
    )


def require_own_names(**names: str) -> None:
    """Refuse a topic or group that may be somebody else's: the probe has its own.

    names: flag, with _ for -, and its value.
    """
    for word, name in names.items():
        if NAME not in name:
            raise UsageError(
                f"--{word.replace('_', '-')} {name}: must contain {NAME}, so that nothing is "
                "written to what others use"
            )


def require_consent(allow_writes: bool, what: str) -> None:
    """Refuse to write without --allow-writes; what: it would write."""
    if not allow_writes:
        raise UsageError(f"{what}; --allow-writes allows it (all else in kdiag only reads)")


def would_write(topic: str, group: str, records: int, seconds: float) -> str:
    """Return what one run writes."""
    return (
        f"this would write {count(records, 'record')} to each partition of topic {topic} (one a "
        f"broker) within {seconds:g} s, and commit offsets as group {group}"
    )


def would_go_on_writing(topic: str, group: str, rate: float) -> str:
    """Return what goes on to be written."""
    return (
        f"--probe would write to each partition of topic {topic} (one a broker), records at "
        f"{rate:g} a second, and commit offsets as group {group}"
    )


def access(read: "Reader", topic: str, group: str, rate: float, deadline: float) -> "Access":
    """Return what the probe connects with: the same address and client.properties."""
    from kdiag.probe.access import Access

    return Access(
        bootstrap=read.bootstrap,
        settings=read.settings,
        topic=topic,
        group=group,
        rate=rate,
        deadline_seconds=deadline,
    )


def without_history(connection: Connection) -> Connection:
    """Return the same connection for reading where things are, and nothing of the past."""
    from dataclasses import replace

    return replace(
        connection, sample_seconds=0, history_seconds=0, sample_records=False, state_dir=None
    )
