"""The command line: wiring only. Commands are imported when they are used.

`kdiag --help` must start fast, so nothing here imports more than click and the errors.
"""

import click

import kdiag
from kdiag.cli.lazy import LazyGroup
from kdiag.cli.logs import verbose_flag

_COMMANDS = {
    "doctor": ("kdiag.cli.doctor:doctor", "Say what is wrong, why, what it breaks, what to type."),
    "diff": ("kdiag.cli.diff:diff", "Say what changed between two reports or snapshots."),
    "waive": ("kdiag.cli.waive:waive", "Accept a finding for a while, in a file."),
    "lag": ("kdiag.cli.lag:lag", "Show how far each group is behind, and why."),
    "group": ("kdiag.cli.group:group", "Show one group: members, lag, rebalances, commits."),
    "audit": ("kdiag.cli.audit:audit", "Write a report for people, with plots and a plan."),
    "preflight": ("kdiag.cli.preflight:preflight", "Say what a change would break, before it."),
    "snapshot": ("kdiag.cli.snapshot:snapshot", "Save what doctor would read, to judge it later."),
    "exporter": ("kdiag.cli.exporter:exporter", "Serve metrics and findings to Prometheus."),
    "mcp": ("kdiag.cli.mcp:mcp", "Answer the questions of an agent (Model Context Protocol)."),
    "probe": ("kdiag.cli.probe:probe", "Write through every broker and read back (opt-in)."),
    "checks": ("kdiag.cli.checks:checks", "List the checks by area."),
    "acl": ("kdiag.cli.acl:acl", "Print the least grants, and which checks need which."),
    "facts": ("kdiag.cli.facts:facts", "List what is read over JMX."),
    "manifests": ("kdiag.cli.manifests:manifests", "Print alert rules for Prometheus."),
    "config": ("kdiag.cli.config:config", "Show the settings in force, and where they are from."),
    "explain": ("kdiag.cli.explain:explain", "Show the runbook of a check and its tunables."),
    "lab": ("kdiag.cli.lab:lab", "Run real brokers on this machine, break and heal them."),
    "demo": ("kdiag.cli.demo:demo", "Start a lab, break it, and let doctor find the faults."),
}
"""Command → where it is defined, and its line in the help."""

_SHORT = """\
kdiag tells what is wrong with an Apache Kafka cluster. It only reads (but for kdiag probe).

  kdiag doctor --bootstrap-server HOST:9092
  kdiag doctor --bootstrap-server HOST:9092 --command-config client.properties
  kdiag explain under-min-isr
  kdiag snapshot --bootstrap-server HOST:9092 --output-file s.json.gz

kdiag --help lists all commands; kdiag COMMAND --help its flags."""


@click.group(
    cls=LazyGroup,
    commands_at=_COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(
    kdiag.__version__, "--version", prog_name="kdiag", message="kdiag %(version)s"
)
@verbose_flag
@click.pass_context
def main(ctx: click.Context) -> None:
    """Tell what is wrong with an Apache Kafka cluster, why, and what to do.

    It only reads. Only probe, and exporter --probe, write: with --allow-writes, to their own topic.

    Every flag can be given as an environment variable: --bootstrap-server is
    KDIAG_BOOTSTRAP_SERVER.
    """
    if ctx.invoked_subcommand is None:
        click.echo(_SHORT)
