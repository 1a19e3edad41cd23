"""The report as text: each renderer takes a Report and returns a string.

`FORMATS` names them for `-o`; a renderer is imported only where its format was asked for. Text for
the terminal is not among them: it also needs a width and to know whether there is colour.
"""

import importlib
from collections.abc import Callable
from typing import cast

from kdiag.finding import Report

FORMATS: dict[str, str] = {
    "json": "kdiag.render.json:render",
    "markdown": "kdiag.render.markdown:render",
    "csv": "kdiag.render.csv:render",
    "junit": "kdiag.render.junit:render",
    "sarif": "kdiag.render.sarif:render",
    "github": "kdiag.render.github:render",
    "nagios": "kdiag.render.nagios:render",
}
"""Format → module and function, `(Report) -> str`."""


def renderer(format_: str) -> Callable[[Report], str]:
    """Return the function that renders a format of FORMATS."""
    module, _, name = FORMATS[format_].partition(":")
    return cast(Callable[[Report], str], getattr(importlib.import_module(module), name))
