"""Words into lines of a width, with hanging indents and marks for a terminal.

Names come from clients and brokers, so nothing that could move a cursor or hide text gets through:
what is not printable is shown as its escape.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

STYLES = {
    "critical": "1;31",
    "warning": "33",
    "info": "36",
    "degraded": "33",
    "healthy": "32",
    "unknown": "35",
    "strong": "1",
    "command": "36",
    "faint": "2",
}
"""Style → the numbers of its ANSI sequence."""

_NARROWEST = 20
_WORD = re.compile(r"( *)((?:[(]?\d[\d.,]* (?=[^ \d]))?[^ ]+)")


@dataclass(frozen=True)
class Span:
    """A text of one style. A whole one (a command) is never broken.

    Two spaces before a word stay two; otherwise words and spans are one space apart. A number
    stays with the word behind it.
    """

    text: str
    style: str = ""
    is_whole: bool = False


@dataclass(frozen=True)
class _Word:
    gap: int
    text: str
    style: str
    is_whole: bool


def wrapped(
    spans: Iterable[Span | str], width: int, first: str = "", rest: str = "", color: bool = False
) -> Iterator[str]:
    """Yield lines no wider than the width, but for a whole span that is wider by itself.

    first, rest: what the first line and the others begin with, plain.
    """
    room = max(width - cells(rest), _NARROWEST)
    line, used, start = first, cells(first), True
    for word in _fitting(_words(spans), room):
        gap = 0 if start else word.gap
        if not start and used + gap + cells(word.text) > max(width, cells(rest) + _NARROWEST):
            yield line.rstrip()
            line, used, gap = rest, cells(rest), 0
        line += " " * gap + painted(word.text, word.style, color)
        used += gap + cells(word.text)
        start = False
    yield line.rstrip()


def painted(text: str, style: str, color: bool) -> str:
    """Return the text between the sequences of its style, or plain."""
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if color and style else text


def clean(text: str) -> str:
    """Return the text on one line, with what is not printable as its escape."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else " " if char.isspace() else ascii(char)[1:-1]
        for char in text
    )


def cells(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


def _words(spans: Iterable[Span | str]) -> Iterator[_Word]:
    for span in spans:
        known = Span(span) if isinstance(span, str) else span
        text = clean(known.text)
        if known.is_whole:
            yield _Word(1, text.strip(), known.style, is_whole=True)
            continue
        for spaces, word in _WORD.findall(text):
            yield _Word(2 if len(spaces) > 1 else 1, word, known.style, is_whole=False)


def _fitting(words: Iterable[_Word], room: int) -> Iterator[_Word]:
    """Cut words that no line could hold."""
    for word in words:
        if word.is_whole or cells(word.text) <= room:
            yield word
            continue
        for piece in _pieces(word.text, room):
            yield _Word(word.gap, piece, word.style, is_whole=False)


def _pieces(text: str, room: int) -> Sequence[str]:
    pieces, piece = [], ""
    for char in text:
        if cells(piece + char) > room:
            pieces.append(piece)
            piece = ""
        piece += char
    return [*pieces, piece]
