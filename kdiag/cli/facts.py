"""`kdiag facts`: what is read over JMX, and a jmx_exporter that exports just that."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from itertools import groupby

import click

from kdiag.cli import flags, screen
from kdiag.cli.logs import verbose_flag
from kdiag.facts import FACTS, Fact


@click.command()
@flags.format_flag(
    ["text", "json", "jmx-exporter"],
    help_="Format; jmx-exporter is a configuration for jmx_exporter.",
)
@verbose_flag
def facts(format_: str) -> None:
    """List what kdiag reads over JMX: each fact, its unit, its MBean and attribute.

    An exporter that exports every MBean of a broker takes longer the more partitions there are;
    with -o jmx-exporter it exports only what kdiag reads.
    """
    written: dict[str, Callable[[Mapping[str, Fact]], str]] = {
        "text": _text,
        "json": _json,
        "jmx-exporter": exporter_config,
    }
    screen.write(written[format_](FACTS), None)


def exporter_config(facts: Mapping[str, Fact]) -> str:
    """Return a configuration of jmx_exporter that exports these facts and nothing else.

    Source: includeObjectNames and rules in the documentation of jmx_exporter.
    """
    patterns = sorted({pattern for fact in facts.values() for pattern in fact.patterns})
    lines = "".join(f"- '{pattern}'\n" for pattern in patterns)
    return f"includeObjectNames:\n{lines}rules:\n- pattern: '.*'\n"


def _text(facts: Mapping[str, Fact]) -> str:
    name, kind = (max(map(len, column)) for column in (facts, map(_kind, facts.values())))
    lines = []
    for on, group in groupby(facts.values(), key=lambda fact: fact.on):
        lines.append(f"of a {' or '.join(on)}")
        lines += [
            f"  {fact.name.ljust(name)}  {_kind(fact).ljust(kind)}  {fact.mbean} {fact.attribute}"
            for fact in group
        ]
    return "\n".join(lines) + "\n"


def _kind(fact: Fact) -> str:
    return f"{fact.kind} {fact.unit.replace('_', ' ')}".rstrip()


def _json(facts: Mapping[str, Fact]) -> str:
    document = {"schema_version": 1, "facts": [asdict(fact) for fact in facts.values()]}
    return json.dumps(document, indent=2) + "\n"
