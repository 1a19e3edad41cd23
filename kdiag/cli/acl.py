"""`kdiag acl`: the least grants, as commands, and what each of them is for."""

import json
import re
import shlex
from collections.abc import Sequence
from typing import Any

import click

from kdiag.analysis.least_grants import Unlocked, commands, least_grants
from kdiag.cli import flags, screen
from kdiag.cli.diagnosis import choose
from kdiag.cli.flags import Selection, flag
from kdiag.cli.logs import verbose_flag
from kdiag.errors import UsageError
from kdiag.render.layout import wrapped

_PRINCIPAL = re.compile(r"[A-Za-z]+:.+")
_NOTE = """\
Read on all topics is what brokers want for DescribeProducers, which names the producer of a hanging
transaction; it also lets the principal read records. Without it, leave out what needs it (--skip)
or let those checks be unknown, and grant Describe in its place. None of these grants allows to
change anything."""


@click.command()
@flag(
    "--principal",
    default="User:kdiag",
    show_default=True,
    metavar="TYPE:NAME",
    help="Who shall get the grants.",
)
@flag(
    "--bootstrap-server",
    default="HOST:9092",
    show_default=True,
    metavar="HOST:PORT",
    help="Written into the commands; nobody is asked.",
)
@flag("--only", multiple=True, metavar="ID|AREA[,...]", help="Only for these checks.")
@flag("--skip", multiple=True, metavar="ID|AREA[,...]", help="Not for these checks.")
@flags.format_flag(["text", "json"])
@verbose_flag
def acl(
    principal: str,
    bootstrap_server: str,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    format_: str,
) -> None:
    """Print the grants that doctor needs to see everything, and which checks need which.

    Nothing is asked of a cluster. Let whoever keeps the ACLs run the commands; a broker may take
    some seconds to apply them.
    """
    if not _PRINCIPAL.fullmatch(principal) or not principal.isprintable():
        raise UsageError(f"--principal {principal!r} is none; write it as User:NAME")
    grants = least_grants(choose(Selection(only, skip, None, ())).checks)
    lines = [
        line.replace("{bootstrap}", shlex.quote(bootstrap_server)).replace(
            "User:PRINCIPAL", shlex.quote(principal)
        )
        for line in commands([each.grant for each in grants])
    ]
    screen.write(_text(grants, lines) if format_ == "text" else _json(grants, lines), None)


def _text(grants: Sequence[Unlocked], lines: Sequence[str]) -> str:
    if not grants:
        return "These checks need no grant.\n"
    paragraphs = ["\n".join(lines)]
    for each in grants:
        said = [f"{each.grant}"]
        for words, ids in (("needed by", each.needed_by), ("helps", each.helps)):
            if ids:
                said += wrapped([", ".join(ids)], screen.width(), f"  {words}: ", "    ")
        paragraphs.append("\n".join(said))
    if any(str(each.grant) == "Read on all topics" for each in grants):
        paragraphs.append("\n".join(wrapped([_NOTE.replace("\n", " ")], screen.width(), "", "")))
    return "\n\n".join(paragraphs) + "\n"


def _json(grants: Sequence[Unlocked], lines: Sequence[str]) -> str:
    document: dict[str, Any] = {
        "schema_version": 1,
        "commands": list(lines),
        "grants": [
            {
                "operation": each.grant.operation,
                "resource": each.grant.resource.kind,
                "name": each.grant.resource.name or None,
                "needed_by": list(each.needed_by),
                "helps": list(each.helps),
            }
            for each in grants
        ],
    }
    return json.dumps(document, indent=2) + "\n"
