"""`kdiag exporter`: the same engine as a service that Prometheus scrapes."""

import gc
import logging
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kdiag.cli import flags, logs
from kdiag.cli.beside import asked
from kdiag.cli.clusters import clusters, shard
from kdiag.cli.diagnosis import Chosen, Reader, choose, reader
from kdiag.cli.flags import Beside, Connection, Selection, flag
from kdiag.cli.probing import Probing, prober, probing_flags, require_allowed
from kdiag.cli.series import Series, series_flags, shown, slos
from kdiag.cli.waiving import reread
from kdiag.errors import UsageError
from kdiag.finding import Report
from kdiag.plan import Plan, plan, plan_for
from kdiag.profiles.profile import joined
from kdiag.snapshot import Snapshot

if TYPE_CHECKING:
    from kdiag.exporter.compat import Compat
    from kdiag.exporter.watcher import Take, Watcher
    from kdiag.exporter.web.server import Web

log = logging.getLogger(__name__)

_ADDRESS = ":11308"
_REFRESH_SECONDS = 1

_EXIT_CODES = """\b
Exit codes:
   0  ended by SIGTERM or SIGINT
   2  a flag or file is wrong, or an address is taken
   1  crashed"""


@click.command(epilog=_EXIT_CODES)
@flags.connection
@flags.selection
@flags.beside
@flags.WAIVERS
@series_flags
@flag(
    "--cluster-name",
    metavar="NAME",
    help="Value of the label kafka_cluster; without it, the first bootstrap server.",
)
@flag(
    "--shard",
    "ours",
    metavar="I/N",
    help="Watch only the part I (from 0) of N of the clusters in the config file.",
)
@flag(
    "--interval",
    "interval_seconds",
    type=click.FloatRange(min=1),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="Time between two snapshots.",
)
@flag(
    "--diagnose-every",
    "diagnose_seconds",
    type=click.FloatRange(min=1),
    default=300,
    show_default=True,
    metavar="SECONDS",
    help="Time between two snapshots that the checks judge; these read the past of groups, too.",
)
@flag(
    "--missed",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    metavar="N",
    help="After so many intervals without a snapshot its series vanish.",
)
@flag(
    "--web.listen-address",
    "listen_addresses",
    multiple=True,
    default=(_ADDRESS,),
    show_default=True,
    metavar="[HOST]:PORT",
    help="Where to serve; without a host on all interfaces. May be repeated.",
)
@flag(
    "--web.config.file",
    "web_config",
    type=flags.FILE,
    metavar="FILE",
    help="TLS, client certificates and users, as exporter-toolkit has them; read again when it "
    "changes.",
)
@probing_flags
@logs.verbose_flag
def exporter(
    connection: Connection,
    selection: Selection,
    beside: Beside,
    waivers: Path | None,
    series: Series,
    cluster_name: str | None,
    ours: str | None,
    interval_seconds: float,
    diagnose_seconds: float,
    missed: int,
    listen_addresses: tuple[str, ...],
    web_config: Path | None,
    probing: Probing,
) -> None:
    """Serve metrics of the cluster, its groups and its findings to Prometheus.

    Snapshots are taken in the background; a scrape gets the last one, and its age. It only reads,
    unless --probe and --allow-writes let it write to a topic of its own.
    """
    require_allowed(probing)
    chosen = choose(selection, waivers)
    chosen = replace(chosen, profile=joined([slos(series), chosen.profile]))
    what = shown(series, chosen.profile)
    readers = _readers(connection, cluster_name, selection.config, ours, beside)
    from kdiag.exporter.compat import COMPAT
    from kdiag.exporter.heap import return_large_blocks
    from kdiag.exporter.watcher import Rhythm, Watcher
    from kdiag.exporter.web.pages import application
    from kdiag.exporter.web.server import Web

    gc.enable()  # the command line turns it off, for processes of seconds
    return_large_blocks()
    logs.configure(verbose=logs.is_verbose(), is_service=True)
    compat = [COMPAT[name] for name in dict.fromkeys(series.compat)]
    watchers = [
        Watcher(
            name=name,
            take=_take(read),
            judge=_judge(chosen, read, waivers),
            plans=_plans(chosen, compat),
            check_ids=[check.id for check in chosen.checks],
            shown=what,
            rhythm=Rhythm(
                interval_seconds=interval_seconds, diagnose_seconds=diagnose_seconds, missed=missed
            ),
            compat=compat,
            is_only=len(readers) == 1,
            prober=prober(read, probing),
        )
        for name, read in readers.items()
    ]
    _serve(watchers, Web(application(watchers), listen_addresses, web_config))


def _readers(
    connection: Connection,
    cluster_name: str | None,
    config: Path | None,
    ours: str | None,
    beside: Beside,
) -> Mapping[str, Reader]:
    """Return name → what reads it: the clusters of the file, or the one of the flags."""
    others = asked(beside, config)
    several = clusters(connection, config)
    if not several:
        if ours is not None:
            raise UsageError("--shard shares the clusters of a config file, and there are none")
        read = reader(connection, others)
        return {cluster_name or read.bootstrap.partition(",")[0]: read}
    if cluster_name is not None:
        raise UsageError(f"--cluster-name: the clusters of {config} have names")
    return {name: reader(several[name], others) for name in shard(several, ours)}


def _take(read: Reader) -> "Take":
    return lambda plan, pauses: read(plan, read.connection.sample_seconds if pauses else 0)


def _serve(watchers: "Sequence[Watcher]", web: "Web") -> None:
    """Read and serve until SIGTERM or SIGINT."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    web.start()
    for watcher in watchers:
        watcher.start()
    names, ports = ", ".join(each.name for each in watchers), ", ".join(map(str, web.ports))
    writes = next((each.prober.access.topic for each in watchers if each.prober), None)
    effect = "only reads" if writes is None else f"the probe writes to topic {writes}"
    log.info("serves %s on port %s; %s", names or "no cluster", ports, effect)
    while not ended.wait(_REFRESH_SECONDS):
        web.refresh()
    for watcher in watchers:
        watcher.stop()
    web.stop()


def _plans(chosen: Chosen, compat: "Sequence[Compat]") -> tuple[Plan, Plan]:
    """Return what each pass reads, and what one that is judged reads."""
    from kdiag.exporter.seen import READS

    configs = tuple(key for each in compat for key in each.configs)
    often = plan_for(READS) | Plan(frozenset(), configs)
    return often, often | plan(chosen.checks)


def _judge(chosen: Chosen, read: Reader, waivers: Path | None) -> Callable[[Snapshot], Report]:
    """Return what judges; the file of waivers is read each time, the last good one counts."""
    held = chosen

    def judge(snapshot: Snapshot) -> Report:
        nonlocal held
        held = replace(held, waivers=reread(waivers, held.waivers))
        return held.judge(snapshot, read.connection.command_config)

    return judge
