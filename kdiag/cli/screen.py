"""Where text goes: a file, or stdout with the width, colours and characters that it has."""

import os
import shutil
import sys
from pathlib import Path
from typing import TextIO

from kdiag.errors import UsageError
from kdiag.finding import Report
from kdiag.render import FORMATS, renderer

TEXT = "text"
_WIDEST = 120
_PLAIN = str.maketrans(
    {
        "\u2026": "...",  # horizontal ellipsis
        "\u2013": "-",  # en dash
        "\u2014": "-",  # em dash
        "\u2212": "-",  # minus sign
        "\u2192": "->",  # rightwards arrow
        "\u2264": "<=",  # less-than or equal to
        "\u2265": ">=",  # greater-than or equal to
        "\u00d7": "x",  # multiplication sign
        "\u2018": "'",  # left single quotation mark
        "\u2019": "'",  # right single quotation mark
    }
)
"""What text is written with where the stream has no such character."""


def formats() -> list[str]:
    """Return what -o takes."""
    return [TEXT, *FORMATS]


def show(report: Report, format_: str, file: Path | None, *, all_: bool, no_color: bool) -> None:
    """Render a report and write it to a file or stdout."""
    write(rendered(report, format_, file, all_=all_, no_color=no_color), file)


def rendered(report: Report, format_: str, file: Path | None, *, all_: bool, no_color: bool) -> str:
    """Return a report as it is written to a file or stdout."""
    if format_ != TEXT:
        return renderer(format_)(report)
    from kdiag.render.terminal import render

    color = file is None and has_color(sys.stdout, no_color)
    return render(report, 80 if file else width(), color, all_)


def write(text: str, file: Path | None) -> None:
    """Write to a file, or to stdout at once. Raises UsageError where the file cannot be written."""
    if file is None:
        sys.stdout.write(_encodable(text, sys.stdout))
        sys.stdout.flush()
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from None


def width() -> int:
    """Return how wide to write: as the terminal, up to what reads well; 80 where there is none."""
    return min(shutil.get_terminal_size((80, 24)).columns, _WIDEST)


def has_color(stream: TextIO, no_color: bool) -> bool:
    """Tell whether to colour: never where anything says no."""
    if no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def _encodable(text: str, stream: TextIO) -> str:
    """Return the text in characters that the stream has."""
    encoding = stream.encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    return text
