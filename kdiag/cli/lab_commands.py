"""The commands of `kdiag lab`."""

import shlex
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kdiag.cli import screen
from kdiag.cli.diagnosis import words
from kdiag.cli.ending import FOUND, OK
from kdiag.cli.flags import FILE, flag
from kdiag.cli.logs import verbose_flag
from kdiag.cli.progress import Progress
from kdiag.wording import count

if TYPE_CHECKING:
    from kdiag.lab.detached import LabStatus
    from kdiag.lab.fault import Fault

F = TypeVar("F", bound=Callable[..., Any])


def lab_flags(function: F) -> F:
    """Add what every command of the lab takes."""
    where = flag("--state-dir", type=FILE, metavar="DIR", help="Where the lab keeps its state.")
    marked: F = where(verbose_flag(function))
    return marked


@click.command()
@flag("--brokers", type=click.IntRange(1, 3), default=3, show_default=True, help="How many.")
@flag("--kafka", metavar="VERSION", default="4.4.0", show_default=True, help="Release of Kafka.")
@flag(
    "--metadata",
    type=click.Choice(["kraft", "zookeeper", "migrating"]),
    default="kraft",
    show_default=True,
    help="Where Kafka keeps it; migrating: from ZooKeeper to KRaft, in both.",
)
@flag("--listener", "listeners", multiple=True, metavar="KIND", help="E.g. sasl_ssl, mtls.")
@flag("--port", type=int, help="Of broker 1; the others follow. Without it free ports are drawn.")
@flag("--jmx", multiple=True, metavar="KIND", help="Open JMX: rmi, jolokia, prometheus.")
@flag(
    "--with",
    "services",
    multiple=True,
    metavar="NAME[,...]",
    help="Start this around the brokers: connect, mirror, postgres, registry, s3.",
)
@lab_flags
def up(
    state_dir: Path | None,
    brokers: int,
    kafka: str,
    metadata: str,
    listeners: tuple[str, ...],
    port: int | None,
    jmx: tuple[str, ...],
    services: tuple[str, ...],
) -> None:
    """Start a lab that stays until `kdiag lab down`; the first time it fetches Kafka."""
    from kdiag.lab import detached

    with Progress(f"Starting {count(brokers, 'broker')} of Kafka {kafka}"):
        started = detached.up(
            state_dir,
            brokers,
            kafka=kafka,
            metadata=metadata,
            listeners=listeners,
            port=port,
            jmx=jmx,
            services=set(words(services)),
        )
    screen.write(_status_text(started), None)
    command = ("kdiag", "doctor", "--bootstrap-server", started.bootstrap, *started.flags)
    screen.write(f"\n{shlex.join(command)}\n", None)


@click.command()
@lab_flags
def status(state_dir: Path | None) -> None:
    """Show what runs and what has been broken."""
    from kdiag.lab import detached

    screen.write(_status_text(detached.status(state_dir)), None)


def _status_text(status: "LabStatus") -> str:
    lines = [f"Kafka {status.kafka}, cluster {status.cluster_id}, in {status.home}"]
    for node in status.nodes:
        words = [
            f"  {node.id:>3}  {'+'.join(node.roles):<17}  {node.state:<7}  {node.address}",
            f"pid {node.pid}" if node.pid else "",
            *(f"JMX {address}" for address in node.jmx_addresses),
        ]
        lines.append("  ".join(word for word in words if word))
    lines += [f"  {name:<22}  running  {address}" for name, address in status.services]
    lines.append(f"Broken: {', '.join(status.broken) or 'nothing'}.")
    lines.append(f"{count(status.load_processes, 'load process', 'load processes')}.")
    return "\n".join(lines) + "\n"


@click.command("break")
@click.argument("name", required=False)
@lab_flags
def break_(name: str | None, state_dir: Path | None) -> None:
    """Inject a fault or a healthy look-alike; without a NAME list them."""
    from kdiag.lab import detached

    if name is None:
        column = max(map(len, detached.KNOWN))
        lines = [f"{name.ljust(column)}  {it.title}" for name, it in detached.KNOWN.items()]
        screen.write("\n".join(lines) + "\n", None)
        return
    with Progress(f"Injecting {name}"):
        fault = detached.break_(state_dir, name)
    screen.write(_expected(fault), None)


def _expected(fault: "Fault") -> str:
    from kdiag.cli.demo import named

    found = [f"{check} on {named(subject)}" for check, subject in fault.expects]
    wait = f" after {fault.settle_seconds:g} s" if fault.settle_seconds else ""
    wait += " with --sample-records" if fault.is_in_records else ""
    if found:
        return f"{fault.title}. kdiag doctor finds{wait}: {', '.join(found)}.\n"
    return f"{fault.title}. kdiag doctor finds nothing in it{wait}.\n"


@click.command()
@click.argument("name", required=False)
@lab_flags
def heal(name: str | None, state_dir: Path | None) -> None:
    """Undo one fault, or without a NAME all that can be undone."""
    from kdiag.lab import detached

    with Progress("Healing"):
        healed = detached.heal(state_dir, name)
    names = ", ".join(fault.name for fault in healed) or "nothing"
    screen.write(f"Healed: {names}.\n", None)


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@flag("--output-file", type=FILE, metavar="FILE", help="Write the table here.")
@verbose_flag
@click.pass_context
def score(ctx: click.Context, names: tuple[str, ...], output_file: Path | None) -> None:
    """Make faults and healthy look-alikes on real brokers and judge what doctor says of each.

    Healthy clusters of older and newer releases are tried too. Without a NAME all of them: about
    an hour, in one lab after another. Ends with 0 only if every fault was named at its root
    and on its object, no look-alike was spoken of, and each release was told as it is.
    """
    from kdiag.cli import scoring

    scored = []
    for one in scoring.score(names, lambda line: click.echo(line, err=True)):
        why = f" ({one.error})" if one.error else ""
        click.echo(f"{one.name}: {'right' if one.is_right else 'wrong'}{why}", err=True)
        scored.append(one)
    screen.write(scoring.markdown(scored), output_file)
    ctx.exit(OK if all(one.is_right for one in scored) else FOUND)


@click.command()
@click.argument("broker", type=int, default=1)
@click.option(
    "--lines", type=click.IntRange(min=1), default=100, show_default=True, help="How many."
)
@lab_flags
def logs(broker: int, lines: int, state_dir: Path | None) -> None:
    """Show the end of the log of a BROKER, of broker 1 where none is named."""
    from kdiag.lab import detached

    with detached.logs(state_dir, broker).open(encoding="utf-8", errors="replace") as file:
        screen.write("".join(deque(file, lines)), None)


@click.command()
@lab_flags
def down(state_dir: Path | None) -> None:
    """End the lab: its processes, its disks, its directory."""
    from kdiag.lab import detached

    with Progress("Ending the lab"):
        detached.down(state_dir)
    screen.write("The lab is gone.\n", None)
