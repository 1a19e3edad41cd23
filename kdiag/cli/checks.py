"""`kdiag checks`: what is looked at, by area."""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import click

from kdiag.check import AREAS, Check
from kdiag.cli import flags, screen
from kdiag.cli.diagnosis import known_checks
from kdiag.cli.logs import verbose_flag
from kdiag.render.layout import wrapped


@click.command()
@flags.format_flag(["text", "json", "markdown"])
@verbose_flag
def checks(format_: str) -> None:
    """List the checks by area; ids and areas are what --only and --skip take."""
    written: dict[str, Callable[[Sequence[Check]], str]] = {
        "text": _text,
        "json": _json,
        "markdown": _markdown,
    }
    screen.write(written[format_](known_checks().checks), None)


def described(check: Check) -> dict[str, Any]:
    """Return a check as plain values: what it says, what it reads, what may be tuned."""
    return {
        "id": check.id,
        "area": check.area,
        "title": check.title,
        "reads": [need.section.__name__ for need in check.needs],
        "configs": list(check.configs),
        "facts": list(check.facts),
        "explained_by": list(check.explained_by),
        "escalate": check.escalate,
        "controls": [control.tag for control in check.controls],
        "tunables": [
            {
                "name": name,
                "default": list(default) if isinstance(default, tuple) else default,
                "about": check.tunable_docs[name],
            }
            for name, default in check.tunables.items()
        ],
    }


def _by_area(checks: Sequence[Check]) -> Iterator[tuple[str, list[Check]]]:
    for area, group in groupby(checks, key=lambda check: check.area):
        yield area, list(group)


def _text(checks: Sequence[Check]) -> str:
    column = max((len(check.id) for check in checks), default=0) + 4
    paragraphs = []
    for area, group in _by_area(checks):
        lines = [f"{AREAS[area]} ({area})"]
        for check in group:
            first = f"  {check.id.ljust(column - 2)}"
            lines += wrapped([check.title], screen.width(), first, " " * column)
        paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs) + "\n"


def _json(checks: Sequence[Check]) -> str:
    document = {"schema_version": 1, "checks": [described(check) for check in checks]}
    return json.dumps(document, indent=2) + "\n"


def _markdown(checks: Sequence[Check]) -> str:
    paragraphs = []
    for area, group in _by_area(checks):
        rows = [f"| [{check.id}](runbooks/{check.id}.md) | {check.title} |" for check in group]
        paragraphs.append(
            "\n".join([f"## {AREAS[area]}", "", "| id | finds |", "|---|---|", *rows])
        )
    return "\n\n".join(paragraphs) + "\n"
