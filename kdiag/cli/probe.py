"""`kdiag probe`: records through every broker and back. The only command that writes."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from kdiag.cli import flags, probe_topic, probing, screen
from kdiag.cli.diagnosis import Reader, reader
from kdiag.cli.ending import FOUND, INCOMPLETE, INTERRUPTED, OK
from kdiag.cli.flags import Connection, flag
from kdiag.cli.logs import verbose_flag
from kdiag.cli.output import Output, output
from kdiag.cli.progress import Progress

if TYPE_CHECKING:
    from kdiag.probe.page import ProbePage

_EXIT_CODES = """\b
Exit codes:
   0  every broker took records, and they came back
  10  a broker cannot be written to or read from, records were lost, or commits failed
   2  a flag or file is wrong, --allow-writes is not given, or there is no topic
   3  no broker could be reached, or none let us in, or the topic cannot be created
   4  nothing failed, but not every broker was probed
 130  interrupted, after what was measured is shown
   1  crashed"""


@dataclass(frozen=True)
class Wish:
    """What a run is to write, as the flags say."""

    allow_writes: bool
    create: bool
    topic: str
    group: str
    seconds: float
    rate: float
    deadline_seconds: float


_WISH = (
    flag("--allow-writes", is_flag=True, help="Write: nothing is done without it."),
    flag("--create", is_flag=True, help="Create the topic, or partitions for brokers without one."),
    flag("--topic", default=probing.NAME, show_default=True, metavar="NAME", help="Its own topic."),
    flag("--group", default=probing.NAME, show_default=True, metavar="NAME", help="Its own group."),
    flag(
        "--seconds",
        type=click.FloatRange(min=0.1, max=86400),
        default=10,
        show_default=True,
        metavar="SECONDS",
        help="How long to write.",
    ),
    flag(
        "--rate",
        type=click.FloatRange(min=0.01, max=100),
        default=10,
        show_default=True,
        metavar="N",
        help="Records a second to each partition.",
    ),
    flag(
        "--deadline",
        "deadline_seconds",
        type=click.FloatRange(min=1, max=600),
        default=probing.DEADLINE_SECONDS,
        show_default=True,
        metavar="SECONDS",
        help="Within which a record must be acknowledged, and then as long to be read back.",
    ),
)


def _wish(function: Any) -> Any:
    return flags.bundled(function, "wish", Wish, _WISH)


@click.command(epilog=_EXIT_CODES)
@flags.connection
@_wish
@output
@verbose_flag
@click.pass_context
def probe(ctx: click.Context, connection: Connection, wish: Wish, output: Output) -> None:
    """Write records through every broker, read them back, commit, and say what failed.

    This is the only command that writes, and only with --allow-writes: records to a topic of its
    own, with one partition for each broker, and committed offsets of a group of its own. The topic
    is created with --create only.
    """
    from kdiag.probe.run import rounds

    probing.require_own_names(topic=wish.topic, group=wish.group)
    records = rounds(wish.seconds, wish.rate)
    probing.require_consent(
        wish.allow_writes, probing.would_write(wish.topic, wish.group, records, wish.seconds)
    )
    read = reader(probing.without_history(connection))
    page = _probed(read, wish)
    screen.write(_rendered(page, output), output.output_file)
    ctx.exit(exit_code(page))


def exit_code(page: "ProbePage") -> int:
    """Return the code of a run: interrupted first, then what failed, then what was left out."""
    if page.is_interrupted:
        return INTERRUPTED
    if page.is_failing:
        return FOUND
    return OK if page.is_whole else INCOMPLETE


def _probed(read: Reader, wish: Wish) -> "ProbePage":
    from kdiag.probe.page import ProbePage, broker_rows, moved, times
    from kdiag.probe.run import run

    access = probing.access(read, wish.topic, wish.group, wish.rate, wish.deadline_seconds)
    with Progress(f"Probing {read.bootstrap}: writes to topic {wish.topic}"):
        before, made = probe_topic.ready(read, access, create=wish.create)
        started_at, began = datetime.now(UTC), time.monotonic()
        with _until_interrupted() as stop:
            traffic, is_whole = run(access, before.places, wish.seconds, stop)
            took, now = time.monotonic() - began, time.monotonic()
            after = probe_topic.look_again(read, wish.topic) or before
    return ProbePage(
        cluster_id=before.cluster_id,
        topic=wish.topic,
        group=wish.group,
        run_id=traffic.run_id,
        started_at=started_at,
        duration_seconds=took,
        deadline_seconds=wish.deadline_seconds,
        rows=broker_rows(traffic.ledger, after, now),
        moved=moved(after),
        committed=sum(traffic.commits.counts),
        failed_commits=dict(traffic.failed_commits),
        commit=times(traffic.commits),
        read_errors=dict(traffic.read_errors),
        made=made,
        made_offsets_topic=after.has_offsets_topic and not before.has_offsets_topic,
        is_interrupted=stop.is_set() or not is_whole,
    )


@contextmanager
def _until_interrupted() -> Iterator[threading.Event]:
    """Yield what is set by the first Ctrl-C; a second one ends at once."""
    stop = threading.Event()
    usual = signal.getsignal(signal.SIGINT)

    def interrupt(*_: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, usual)

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, usual)


def _rendered(page: "ProbePage", output: Output) -> str:
    from kdiag.render import probe_json, probe_text

    if output.is_text:
        return probe_text.render(page, output.width, output.has_color)
    return probe_json.render(page)
