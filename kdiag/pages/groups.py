"""Which groups a person means: a name as it is, else a glob pattern."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from fnmatch import fnmatchcase

from kdiag.analysis.positions import Positions
from kdiag.errors import UsageError
from kdiag.pages.unread import is_whole
from kdiag.sections import Groups
from kdiag.snapshot import Table
from kdiag.view import View

_MOST_NEAR = 5


def groups_like(view: View, pattern: str) -> list[str]:
    """Return the groups that are named so, or fit the pattern.

    None of them where not all groups could be read: then it cannot be told that there is no such
    group. Raises UsageError, with similar names, where there is none.
    """
    names = _names(view)
    found = matching(names, pattern)
    if not found and is_whole(view, Groups):
        raise UsageError(_no_group(pattern, names))
    return found


def matching(names: Iterable[str], pattern: str) -> list[str]:
    """Return the one name that the pattern is, else all that it fits (`*`, `?`, `[…]`)."""
    known = list(names)
    if pattern in known:
        return [pattern]
    return [name for name in known if fnmatchcase(name, pattern)]


def _names(view: View) -> list[str]:
    held = [view.get(section) for section in (Groups, Positions)]
    return sorted({name for it in held if isinstance(it, Table) for name in it.rows["group"]})


def _no_group(pattern: str, names: list[str]) -> str:
    """Return the sentence; names in quotes, with what is not printable as its escape."""
    near = list(dict.fromkeys(_near(pattern, names)))[:_MOST_NEAR]
    tail = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
    return f"there is no group {pattern!r}, or it may not be described{tail}"


def _near(pattern: str, names: list[str]) -> Iterator[str]:
    word = pattern.strip("*").lower()
    yield from get_close_matches(pattern, names, n=_MOST_NEAR, cutoff=0.6)
    yield from (name for name in names if word and word in name.lower())
