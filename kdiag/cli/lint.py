"""`kdiag lint`: whether files are right, before something uses them."""

from dataclasses import replace
from pathlib import Path
from typing import cast, get_args

import click
from click.core import ParameterSource

from kdiag.cli import flags, screen
from kdiag.cli.diagnosis import known_checks, words
from kdiag.cli.doctor import exit_code
from kdiag.cli.flags import flag
from kdiag.cli.limit import Limit
from kdiag.cli.logs import verbose_flag
from kdiag.cli.registering import of_registry
from kdiag.cli.validating import validating
from kdiag.cli.waiving import read
from kdiag.config import read_tunables
from kdiag.errors import UsageError
from kdiag.lint.files import GOALS, Goal, Library
from kdiag.lint.judge import judge
from kdiag.lint.kinds import KINDS
from kdiag.lint.reading import Asked, read_files
from kdiag.lint.schemas import Earlier
from kdiag.registry import RULES
from kdiag.render.layout import clean
from kdiag.schemas.compatibility import LEVELS, Level

_EXIT_CODES = """\b
Exit codes:
   0  nothing at or above --fail-on
   4  a rule crashed, or a registry or worker that was to be asked did not tell
  10  findings at or above --fail-on
   2  a flag is wrong, or a file cannot be read or parsed
 130  interrupted
   1  crashed"""


@click.command(epilog=_EXIT_CODES)
@click.argument("paths", metavar="FILE...", nargs=-1, required=True)
@flag("--kind", type=click.Choice(KINDS), help="What the files are; else their content tells.")
@flag(
    "--library",
    type=click.Choice(get_args(Library)),
    help="For which library files of clients are; else their keys tell.",
)
@flag("--goal", type=click.Choice(GOALS), help="What clients are to be good at.")
@flag(
    "--against",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Earlier versions of schemas, in the order of their names (*.avsc, .json, .proto).",
)
@flag(
    "--compatibility",
    type=click.Choice(LEVELS, case_sensitive=False),
    default="BACKWARD",
    show_default=True,
    help="What schemas must keep towards them.",
)
@flag(
    "--schema-registry",
    multiple=True,
    metavar="URL",
    help="Registry with them, and its level; credentials as in [schema_registry] of --config.",
)
@flag("--subject", metavar="NAME", help="Theirs there; else named as the file, or the record.")
@flag(
    "--connect",
    multiple=True,
    metavar="URL",
    help="Worker that --validate asks; credentials as in [connect] of --config.",
)
@flag(
    "--validate",
    is_flag=True,
    help="Have the worker look at connectors: it dials what they do, and stores nothing.",
)
@flag(
    "--timeout",
    "timeout_seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=120,
    show_default=True,
    metavar="SECONDS",
    help="Limit for all that a registry and a worker are asked; 60 of them for one connector.",
)
@flag("--only", multiple=True, metavar="ID|AREA[,...]", help="Ask only these rules.")
@flag("--skip", multiple=True, metavar="ID|AREA[,...]", help="Leave these rules out.")
@flags.CONFIG
@flags.OVERRIDES
@flags.WAIVERS
@flags.format_flag(screen.formats())
@flag("--output-file", type=flags.FILE, metavar="FILE", help="Write there, not to stdout.")
@flags.FAIL_ON
@flag("--no-color", is_flag=True, help="No colours, as NO_COLOR does.")
@verbose_flag
@click.pass_context
def lint(
    ctx: click.Context,
    paths: tuple[str, ...],
    kind: str | None,
    library: Library | None,
    goal: Goal | None,
    against: Path | None,
    compatibility: str,
    schema_registry: tuple[str, ...],
    subject: str | None,
    connect: tuple[str, ...],
    validate: bool,
    timeout_seconds: float,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    config: Path | None,
    overrides: tuple[str, ...],
    waivers: Path | None,
    format_: str,
    output_file: Path | None,
    fail_on: str,
    no_color: bool,
) -> None:
    """Say what is wrong with files of settings, connectors, schemas, topics and reassignments.

    Clients (Java's and librdkafka's), brokers, Connect workers: .properties. Connectors: JSON as
    REST takes it, or Strimzi. Schemas: Avro, JSON Schema (told by $schema), Protobuf. Topics:
    YAML, plain or of Strimzi, topicctl, Jikkou. Directories are walked; - is the standard input.
    Files are never changed, and nobody is asked but whom a flag names.
    """
    registry = known_checks(RULES)
    rules = registry.select(list(words(only)), list(words(skip)))
    if not rules:
        raise UsageError("--only and --skip leave no rule (kdiag checks lists them)")
    tunables = read_tunables(config, overrides, registry.checks)
    limit = Limit.of(timeout_seconds)
    versions = of_registry(schema_registry, subject, config, limit)
    if versions is not None and (against is not None or _is_given(ctx, "compatibility")):
        raise UsageError(
            "--schema-registry tells versions and level: no --against, --compatibility"
        )
    earlier = Earlier(against, cast(Level, compatibility.upper()), versions)
    worker = validating(connect, config, limit, is_asked=validate)
    files = read_files(paths, Asked(kind, library, goal, earlier, worker))
    for sentence in files.unread:
        click.echo(clean(f"kdiag: passed over: {sentence}"), err=True)
    waived = read(waivers, [rule.id for rule in registry.checks])
    report = judge(files, rules, tunables, waived)
    report = replace(report, fail_on=flags.least_severe(fail_on), strict=True)
    screen.show(report, format_, output_file, all_=True, no_color=no_color)
    ctx.exit(exit_code(report, format_))


def _is_given(ctx: click.Context, name: str) -> bool:
    return ctx.get_parameter_source(name) is not ParameterSource.DEFAULT
