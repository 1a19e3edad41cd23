"""`kdiag manifests`: files for Prometheus and Grafana, out of what this version serves."""

from pathlib import Path

import click

from kdiag.cli import screen
from kdiag.cli.flags import flag
from kdiag.cli.logs import verbose_flag
from kdiag.errors import UsageError
from kdiag.monitoring.files import FILES
from kdiag.monitoring.rules import GRAFANA, RUNBOOKS


@click.command()
@click.argument("kind", type=click.Choice(list(FILES)), required=False)
@flag(
    "--output-dir",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write all of them there, in the folders that Grafana's provisioning names.",
)
@flag(
    "--runbook-url",
    default=RUNBOOKS,
    show_default=True,
    metavar="URL",
    help="Where the runbooks are; {page} is the name of one.",
)
@flag(
    "--grafana-url",
    default=GRAFANA,
    metavar="URL",
    help="Where Grafana is, for the links of alerts.  [default: paths on it]",
)
@verbose_flag
def manifests(
    kind: str | None, output_dir: Path | None, runbook_url: str, grafana_url: str
) -> None:
    """Print alert rules or a dashboard, or write all of them.

    rules is a rule file for Prometheus, prometheus-rule a PrometheusRule for its operator,
    dashboard-… a dashboard for Grafana.
    """
    if "{page}" not in runbook_url:
        raise UsageError(f"--runbook-url {runbook_url}: has no {{page}} in it")
    if (kind is None) == (output_dir is None):
        raise UsageError(f"give one of {', '.join(FILES)}, or --output-dir DIR for all of them")
    for name, (path, made) in FILES.items():
        if kind in (name, None):
            text = made(runbook_url, grafana_url.rstrip("/"))
            screen.write(text, _placed(output_dir, path))


def _placed(directory: Path | None, path: str) -> Path | None:
    """Return where a file is written. Raises UsageError where its folder cannot be made."""
    if directory is None:
        return None
    file = directory / path
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{file.parent}: cannot be made: {error.strerror}") from None
    return file
