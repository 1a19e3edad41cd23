"""Flags that several commands share, bundled by what they are about."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from kdiag.config import read_flags
from kdiag.errors import UsageError
from kdiag.finding import SEVERITIES, Severity

F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[Any], Any]

FILE = click.Path(path_type=Path)


def flag(*names: str, **more: Any) -> Decorator:
    """Return a click option that can be given as KDIAG_ and its name, too."""
    [long] = [name for name in names if name.startswith("--")]
    variable = long.lstrip("-").upper().replace("-", "_").replace(".", "_")
    return click.option(*names, **{"envvar": f"KDIAG_{variable}", **more})


def format_flag(formats: Sequence[str], help_: str = "Format.") -> Decorator:
    """Return the flag for one of some formats, the first of them unless told."""
    return flag(
        "-o",
        "--output",
        "format_",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help=help_,
    )


@dataclass(frozen=True)
class Connection:
    """How to reach the cluster, and how long to wait."""

    bootstrap_server: str | None
    command_config: Path | None
    sample_seconds: float
    timeout_seconds: float
    request_timeout_seconds: float
    history_seconds: float
    history_mib: int
    sample_records: bool
    state_dir: Path | None = None


@dataclass(frozen=True)
class Selection:
    """Which checks, and with what tunables."""

    only: tuple[str, ...]
    skip: tuple[str, ...]
    config: Path | None
    overrides: tuple[str, ...]
    profile: str | None = None


_CONNECTION = (
    flag("--bootstrap-server", metavar="HOST:PORT[,...]", help="Brokers to ask first."),
    flag(
        "--command-config",
        type=FILE,
        metavar="FILE",
        help="client.properties with Java's keys, as Kafka's own tools take it.",
    ),
    flag(
        "--sample-seconds",
        type=click.FloatRange(min=0),
        default=5,
        show_default=True,
        metavar="SECONDS",
        help="Pause between two samples, where one leaves a question open; 0 takes one.",
    ),
    flag(
        "--timeout",
        "timeout_seconds",
        type=click.FloatRange(min=0, min_open=True),
        default=30,
        show_default=True,
        metavar="SECONDS",
        help="Limit for everything, besides the pause.",
    ),
    flag(
        "--request-timeout",
        "request_timeout_seconds",
        type=click.FloatRange(min=0, min_open=True),
        default=5,
        show_default=True,
        metavar="SECONDS",
        help="Limit for each request.",
    ),
    flag(
        "--history-seconds",
        type=click.FloatRange(min=0),
        default=5,
        show_default=True,
        metavar="SECONDS",
        help="Limit for reading the past from __consumer_offsets; 0 leaves it.",
    ),
    flag(
        "--history-mib",
        type=click.IntRange(min=1),
        default=64,
        show_default=True,
        metavar="MIB",
        help="Most to read of it, newest first.",
    ),
    flag(
        "--sample-records",
        is_flag=True,
        help="Look at single records (next of stuck groups, last of topics); keeps their sizes, "
        "codec, time and schema id.",
    ),
    flag(
        "--state-dir",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Keep where groups stand there, and look back at earlier runs.",
    ),
)


@dataclass(frozen=True)
class Beside:
    """Who is asked besides the brokers: JMX, a Prometheus, and what stands around them."""

    jmx: tuple[str, ...]
    jmx_username: str | None
    jmx_password_file: Path | None
    jmx_ca_file: Path | None
    prometheus: str | None
    connect: tuple[str, ...] = ()
    schema_registry: tuple[str, ...] = ()
    ksqldb: tuple[str, ...] = ()
    postgres: tuple[str, ...] = ()


_BESIDE = (
    flag(
        "--jmx",
        multiple=True,
        metavar="URL",
        help="JMX of all brokers, as rmi://{host}:9999, jolokia+http://{host}:8778/jolokia or "
        "prometheus+http://{host}:7071/metrics; 'broker 1=URL' for one process; auto tries the "
        "usual ports.",
    ),
    flag("--jmx-username", metavar="NAME", help="User of JMX."),
    flag(
        "--jmx-password-file",
        type=FILE,
        metavar="FILE",
        help="Its password; or KDIAG_JMX_PASSWORD in the environment.",
    ),
    flag(
        "--jmx-ca-file",
        type=FILE,
        metavar="FILE",
        help="PEM file of the authorities behind JMX with TLS.",
    ),
    flag(
        "--prometheus",
        metavar="URL",
        help="A Prometheus that watches the cluster, and remembers its past; credentials in "
        "[prometheus] of --config.",
    ),
    flag(
        "--connect",
        multiple=True,
        metavar="URL",
        help="A worker of Kafka Connect, as http://worker:8083; may be repeated. Credentials in "
        "[connect] of --config.",
    ),
    flag(
        "--schema-registry",
        multiple=True,
        metavar="URL",
        help="A Schema Registry; may be repeated. Credentials in [schema_registry] of --config.",
    ),
    flag(
        "--ksqldb",
        multiple=True,
        metavar="URL",
        help="A server of ksqlDB, as http://ksqldb:8088; may be repeated. Credentials in [ksqldb] "
        "of --config.",
    ),
    flag(
        "--postgres",
        multiple=True,
        metavar="URL",
        help="A PostgreSQL that connectors read, as postgresql://USER@HOST/DATABASE; may be "
        "repeated. Its password in [postgres] of --config.",
    ),
)


def names_in_file(command: click.Command) -> Mapping[str, click.Parameter]:
    """Return the flags that a file may give: name there → flag."""
    return {
        option.envvar.removeprefix("KDIAG_").lower(): option
        for option in command.params
        if isinstance(option.envvar, str) and option.name not in ("config", "verbose")
    }


def _from_file(ctx: click.Context, _parameter: click.Parameter, file: Path | None) -> Path | None:
    """Take flags from the file, where neither the command line nor a variable gives them."""
    if file is not None:
        named = names_in_file(ctx.command)
        given = read_flags(file, ctx.info_name or "", named)
        ctx.default_map = {str(named[name].name): value for name, value in given.items()}
    return file


CONFIG = flag(
    "--config",
    type=FILE,
    is_eager=True,
    callback=_from_file,
    metavar="FILE",
    help="TOML file: flags in [COMMAND], tunables in [checks.ID], objectives in [[lag]]; [jmx], "
    "[prometheus], [connect], [schema_registry], [ksqldb], [postgres].",
)
NEVER = "never"
"""The word for no severity at all."""

FAIL_ON = flag(
    "--fail-on",
    type=click.Choice([*SEVERITIES, NEVER]),
    default="critical",
    show_default=True,
    help="Exit with 10, and fail cases of junit, where a finding is at least as severe.",
)


def least_severe(word: str) -> Severity | None:
    """Return the severity that a flag names; None for never."""
    return None if word == NEVER else cast(Severity, word)


WAIVERS = flag(
    "--waivers",
    type=FILE,
    metavar="FILE",
    help="Findings that are accepted for a while, as kdiag waive writes them.",
)
OVERRIDES = flag(
    "--set",
    "overrides",
    multiple=True,
    metavar="ID.NAME=VALUE",
    help="Set one tunable; may be repeated.",
)

PROFILE = flag(
    "--profile",
    metavar="FILE|NAME",
    help="What topics and groups should be like: a TOML file, or fraud-detection, "
    "ecommerce-orders, iot-telemetry.",
)

_SELECTION = (
    flag("--only", multiple=True, metavar="ID|AREA[,...]", help="Run only these checks."),
    flag("--skip", multiple=True, metavar="ID|AREA[,...]", help="Leave these checks out."),
    CONFIG,
    OVERRIDES,
    PROFILE,
)


def connection(function: F) -> F:
    """Add the flags of a connection; the command gets them as `connection`."""
    return cast(F, bundled(function, "connection", Connection, _CONNECTION))


def beside(function: F) -> F:
    """Add the flags of who is asked besides the brokers; the command gets them as `beside`."""
    return cast(F, bundled(function, "beside", Beside, _BESIDE))


def selection(function: F) -> F:
    """Add the flags that select checks; the command gets them as `selection`."""
    return cast(F, bundled(function, "selection", Selection, _SELECTION))


def require_one_source(ctx: click.Context) -> None:
    """Refuse a file and a cluster at once; a flag beats the environment."""
    typed = click.core.ParameterSource.COMMANDLINE
    both = ("from_file", "bootstrap_server")
    if all(ctx.get_parameter_source(name) is typed for name in both):
        raise UsageError("--from and --bootstrap-server exclude each other")
    from kdiag.wire.variables import variables

    if not variables() and not any(ctx.params.get(name) for name in (*both, "command_config")):
        raise UsageError("--bootstrap-server HOST:PORT is missing (or --from FILE)")


def bundled(function: Any, name: str, kind: type[Any], options: Sequence[Decorator]) -> Any:
    """Add options to a command; it gets them as one argument of that name and kind."""

    @functools.wraps(function)
    def bundling(*args: Any, **given: Any) -> Any:
        own = {field.name: given.pop(field.name) for field in fields(kind)}
        return function(*args, **{name: kind(**own)}, **given)

    for option in reversed(options):
        option(bundling)
    return bundling
