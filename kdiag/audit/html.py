"""The audit as one HTML file: no network, no script, printable, for phones and dark rooms, too."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from kdiag.audit.audit import Audit
from kdiag.audit.blocks import Block
from kdiag.audit.plots import svg
from kdiag.audit.wording import written
from kdiag.finding import SEVERITIES

_WORDS = ("text", "code", "time")
"""Units of columns that are not numbers."""


def render(audit: Audit) -> str:
    """Return the page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    pages = Environment(
        loader=PackageLoader("kdiag.audit"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    pages.filters |= {"written": written, "day": _day}
    block = pages.get_template("block.html.j2")
    return pages.get_template("report.html.j2").render(
        report=audit.report,
        name=audit.name,
        facts=audit.facts,
        chapters=audit.chapters,
        css=Markup(_css(pages)),  # noqa: S704 - a file of ours
        shown=partial(_shown, block, Markup),
    )


def _shown(template: Any, marked: Callable[[str], str], block: Block) -> str:
    """Return one block as HTML."""
    return marked(
        template.render(
            block=block,
            drawn=lambda figure: marked(svg(figure)),
            words=_WORDS,
            severities=SEVERITIES,
        )
    )


def _css(pages: Any) -> str:
    text, _, _ = pages.loader.get_source(pages, "report.css")
    return str(text)


def _day(at: datetime) -> str:
    return at.date().isoformat()
