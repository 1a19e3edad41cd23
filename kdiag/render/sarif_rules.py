"""Checks as rules of SARIF, each with its runbook."""

from collections.abc import Sequence
from typing import Any

from kdiag.errors import UsageError
from kdiag.finding import About, Report, Reported, Severity
from kdiag.render.layout import clean
from kdiag.runbook import read_runbook

LEVELS: dict[Severity, str] = {"critical": "error", "warning": "warning", "info": "note"}
"""Severity → level of SARIF, the gravest first."""


def rules_of(report: Report, found: Sequence[Reported]) -> list[dict[str, Any]]:
    """Return a rule for each check that was selected, or has findings."""
    abouts = {result.check: result.about for result in report.results}
    worst: dict[str, str] = {}
    for level in reversed(LEVELS.values()):
        worst |= {one.check: level for one in found if LEVELS[one.finding.severity] == level}
    checks = dict.fromkeys([*abouts, *(one.check for one in found)])
    return [_rule(check, abouts.get(check, About()), worst.get(check)) for check in checks]


def _rule(check: str, about: About, level: str | None) -> dict[str, Any]:
    title = about.title or check
    return {
        "id": check,
        "name": check.title().replace("-", ""),
        "shortDescription": {"text": clean(title)},
        "help": _help(check, title),
        "defaultConfiguration": {"level": level or "warning"},
        "properties": {"tags": [about.area, *(control.tag for control in about.controls)]},
    }


def _help(check: str, title: str) -> dict[str, str]:
    """Return the runbook; checks of plug-ins may have none."""
    try:
        page = read_runbook(check)
    except UsageError:
        return {"text": clean(title)}
    return {"text": clean(f"{title} kdiag explain {check} shows the runbook."), "markdown": page}
