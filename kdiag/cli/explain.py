"""`kdiag explain`: one check in words, with the tunables as they are in force."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from kdiag.check import AREAS, Check
from kdiag.cli import flags, screen
from kdiag.cli.diagnosis import known_checks
from kdiag.cli.logs import verbose_flag
from kdiag.config import read_tunables
from kdiag.errors import UsageError
from kdiag.preflight.upgrades import OF_UPGRADES
from kdiag.registry import RULES, Registry
from kdiag.render.layout import wrapped
from kdiag.runbook import read_runbook

_LABEL = 12


@click.command()
@click.argument("id_", metavar="ID")
@flags.CONFIG
@flags.OVERRIDES
@verbose_flag
def explain(id_: str, config: Path | None, overrides: tuple[str, ...]) -> None:
    """Show the runbook of a check: what it means, how to confirm it, how to fix it."""
    screen.write(explained(id_, config, overrides), None)


def explained(id_: str, config: Path | None, overrides: tuple[str, ...]) -> str:
    """Return what explains a check, or a rule that only a preflight has.

    Raises UsageError where there is none, with the nearest id.
    """
    if id_ in OF_UPGRADES:
        return read_runbook(id_)
    registry = _holding(id_)
    check = registry.get(id_)
    tunables = read_tunables(config, overrides, registry.checks).get(id_, {})
    head = "\n".join(_head(check, tunables, screen.width()))
    return f"{head}\n\n{_page(id_)}"


def _holding(id_: str) -> Registry:
    """Return the checks, or the rules where only these have the id."""
    live = known_checks()
    if any(check.id == id_ for check in live.checks):
        return live
    rules = known_checks(RULES)
    return rules if any(rule.id == id_ for rule in rules.checks) else live


def _head(check: Check, tunables: Mapping[str, Any], width: int) -> Iterator[str]:
    yield check.title
    rows = {"Area": AREAS[check.area], "Reads": _reads(check)}
    if check.explained_by:
        rows["Caused by"] = ", ".join(check.explained_by)
    for label, text in rows.items():
        yield from wrapped([text], width, label.ljust(_LABEL), " " * _LABEL)
    for number, name in enumerate(check.tunables):
        label = "" if number else "Tunables"
        value, default = tunables.get(name, check.tunables[name]), check.tunables[name]
        changed = f" (default {_said(default)})" if value != default else ""
        text = f"{name} = {_said(value)}{changed}: {check.tunable_docs[name]}"
        yield from wrapped([text], width, label.ljust(_LABEL), " " * (_LABEL + 2))
    yield from _controls(check, width)


def _controls(check: Check, width: int) -> Iterator[str]:
    for number, control in enumerate(check.controls):
        label = "" if number else "Controls"
        text = f"{control.name}, {control.reference}: {control.reason}"
        yield from wrapped([text], width, label.ljust(_LABEL), " " * (_LABEL + 2))


def _reads(check: Check) -> str:
    sections = ", ".join(need.section.__name__ for need in check.needs)
    keys = ", ".join([*check.configs, *(f"JMX {fact}" for fact in check.facts)])
    return f"{sections} ({keys})" if keys else sections


def _said(value: Any) -> str:
    return ", ".join(value) or "none" if isinstance(value, tuple) else str(value)


def _page(id_: str) -> str:
    """Return the runbook; checks of plug-ins may have none."""
    try:
        return read_runbook(id_)
    except UsageError:
        return f"{id_} has no runbook.\n"
