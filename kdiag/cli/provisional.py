"""A first page on a terminal, until the whole one takes its place."""

import os
import shutil
import sys

from kdiag.cli import screen

_UP, _REST_OF_SCREEN = "\x1b[{}A", "\x1b[J"


def is_possible() -> bool:
    """Tell whether stdout is a terminal on which lines can be taken back."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


class Provisional:
    """Lines that can be taken back, as many as the terminal shows at once."""

    def __init__(self) -> None:
        self._lines = 0

    def write(self, page: str, last: str) -> None:
        """Write a page as far as the terminal has lines for, and a last line below it."""
        room = max(1, shutil.get_terminal_size().lines - 2)
        lines = [*page.rstrip("\n").split("\n")[: room - 1], last]
        self._lines = len(lines)
        screen.write("\n".join(lines) + "\n", None)

    def take_back(self) -> None:
        """Remove what was written, so that the next page begins in its place."""
        if self._lines:
            screen.write(_UP.format(self._lines) + _REST_OF_SCREEN, None)
            self._lines = 0
