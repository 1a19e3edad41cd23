"""The flags of pages that are text or JSON: which of them, where to, and how the text looks."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from kdiag.cli import flags, screen
from kdiag.cli.flags import flag

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Output:
    """In which format, and where to."""

    format_: str
    output_file: Path | None
    no_color: bool

    @property
    def is_text(self) -> bool:
        """Tell whether people are to read it."""
        return self.format_ == screen.TEXT

    @property
    def width(self) -> int | None:
        """Return the width of the terminal; what programs read is as wide as it is."""
        if self.output_file is not None or not sys.stdout.isatty():
            return None
        return shutil.get_terminal_size().columns

    @property
    def has_color(self) -> bool:
        """Tell whether to colour."""
        return self.output_file is None and screen.has_color(sys.stdout, self.no_color)


_OUTPUT = (
    flags.format_flag([screen.TEXT, "json"]),
    flag("--output-file", type=flags.FILE, metavar="FILE", help="Write there, not to stdout."),
    flag("--no-color", is_flag=True, help="No colours, as NO_COLOR does."),
)


def output(function: F) -> F:
    """Add the flags of a page; the command gets them as `output`."""
    return cast(F, flags.bundled(function, "output", Output, _OUTPUT))
