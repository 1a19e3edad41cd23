"""`kdiag manifests`: files for Prometheus, out of what this version serves."""

import click

from kdiag.cli import screen
from kdiag.cli.flags import flag
from kdiag.cli.logs import verbose_flag
from kdiag.errors import UsageError
from kdiag.monitoring.rules import RUNBOOKS, resource, rules

_KINDS = {"rules": rules, "prometheus-rule": resource}


@click.command()
@click.argument("kind", type=click.Choice(list(_KINDS)))
@flag(
    "--runbook-url",
    default=RUNBOOKS,
    show_default=True,
    metavar="URL",
    help="Where the runbooks are; {page} is the name of one.",
)
@verbose_flag
def manifests(kind: str, runbook_url: str) -> None:
    """Print alert rules: a rule file for Prometheus, or a PrometheusRule for its operator."""
    if "{page}" not in runbook_url:
        raise UsageError(f"--runbook-url {runbook_url}: has no {{page}} in it")
    screen.write(_KINDS[kind](runbook_url), None)
