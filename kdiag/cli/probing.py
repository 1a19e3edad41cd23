"""What `kdiag probe` and `kdiag exporter --probe` share: consent, names, and reading before."""

from typing import TYPE_CHECKING

from kdiag.cli.flags import Connection
from kdiag.errors import UsageError
from kdiag.wording import count

if TYPE_CHECKING:
    from kdiag.cli.diagnosis import Reader
    from kdiag.probe.access import Access
    from kdiag.probe.placement import Placement

NAME = "kdiag-probe"
"""Topic and group, unless flags name others."""

DEADLINE_SECONDS = 10.0


def require_own_names(**names: str) -> None:
    """Refuse a topic or group that may be somebody else's: the probe has its own.

    names: flag, with _ for -, and its value.
    """
    for flag, name in names.items():
        if NAME not in name:
            raise UsageError(
                f"--{flag.replace('_', '-')} {name}: must contain {NAME}, so that nothing is "
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
        f"--probe would write {rate:g} records a second to each partition of topic {topic} (one a "
        f"broker), and commit offsets as group {group}"
    )


def look(read: "Reader", topic: str) -> "Placement":
    """Return where the topic lies, read as everything else is: without a write.

    Raises ConnectError where no broker lets us in, RequestError where it tells too little.
    """
    from kdiag.errors import RequestError
    from kdiag.plan import plan_for
    from kdiag.probe.placement import placement
    from kdiag.sections import Brokers, Cluster, Partitions

    seen = placement(read(plan_for((Brokers, Cluster, Partitions)), 0), topic)
    if seen is None:
        raise RequestError("the cluster does not tell its brokers and partitions")
    return seen


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
