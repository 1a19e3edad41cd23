r"""Java's .properties format, as java.util.Properties.load reads it.

Comments start with # or !, a key ends at the first unescaped =, : or blank, a line that ends in an
odd number of backslashes goes on in the next one, `\n \t \r \f \uXXXX` are escapes and a backslash
before any other character vanishes. Bytes are ISO-8859-1. The last of two equal keys wins.
"""

import re
from pathlib import Path

from kdiag.bounded import read_bytes
from kdiag.errors import UsageError

_CONTINUES = re.compile(r"(?<!\\)(?:\\\\)*\\$")
_KEY = re.compile(r"((?:\\.|[^\\=:\s])*)(?:\s*[=:]\s*|\s+|$)", re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|u|.)", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}


def load(path: Path) -> dict[str, str]:
    """All keys of a properties file.

    Raises: UsageError if the file is missing, unreadable, empty or no text.
    """
    try:
        data = read_bytes(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if b"\0" in data:
        raise UsageError(f"{path}: is not a properties file, but binary")
    found = parse(data.decode("latin-1").removeprefix("\xef\xbb\xbf"), str(path))
    if not found:
        raise UsageError(f"{path}: is empty; it should hold lines like security.protocol=SSL")
    return found


def parse(text: str, origin: str) -> dict[str, str]:
    """Keys and values of a text; origin names it in errors.

    Raises: UsageError for a malformed unicode escape, with its line.
    """
    found: dict[str, str] = {}
    for number, line in _logical_lines(text):
        match = _KEY.match(line)
        if match is None:  # a lone backslash at the end of the text
            raise UsageError(f"{origin}: line {number} ends in the middle of an escape")
        key = _unescape(match[1], origin, number)
        found[key] = _unescape(line[match.end() :], origin, number)
    return found


def _logical_lines(text: str) -> list[tuple[int, str]]:
    """Return number of the first line, and its text with the lines that continue it."""
    lines: list[tuple[int, str]] = []
    open_line = False
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        line = raw.lstrip(" \t\f")
        if not open_line and (not line or line[0] in "#!"):
            continue
        continues = _CONTINUES.search(line) is not None
        line = line[:-1] if continues else line
        if open_line:
            lines[-1] = (lines[-1][0], lines[-1][1] + line)
        else:
            lines.append((number, line))
        open_line = continues
    return lines


def _unescape(text: str, origin: str, number: int) -> str:
    def one(match: re.Match[str]) -> str:
        escape = match[1]
        if escape == "u":
            raise UsageError(f"{origin}: line {number} has a malformed \\uXXXX escape")
        if len(escape) == 5:
            return chr(int(escape[1:], 16))
        return _LETTERS.get(escape, escape)

    return _ESCAPE.sub(one, text)
