"""The flags that the preflights share: on what they are tried, and how the answer is told."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from kdiag.cli import flags, screen
from kdiag.cli.doctor import exit_code
from kdiag.cli.flags import flag
from kdiag.finding import Report

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Trial:
    """A saved snapshot instead of a cluster, the format, where to, and what counts as unsafe."""

    from_file: Path | None
    format_: str
    output_file: Path | None
    fail_on: str
    no_color: bool

    def shown(self, report: Report) -> int:
        """Write a report and return its exit code."""
        screen.show(report, self.format_, self.output_file, all_=True, no_color=self.no_color)
        return exit_code(report, self.format_)


_TRIAL = (
    flag("--from", "from_file", type=flags.FILE, metavar="FILE", help="Ask a saved snapshot."),
    flags.format_flag(screen.formats()),
    flag("--output-file", type=flags.FILE, metavar="FILE", help="Write there, not to stdout."),
    flags.FAIL_ON,
    flag("--no-color", is_flag=True, help="No colours, as NO_COLOR does."),
)


def trial(function: F) -> F:
    """Add the flags of a preflight; the command gets them as `trial`."""
    return cast(F, flags.bundled(function, "trial", Trial, _TRIAL))
