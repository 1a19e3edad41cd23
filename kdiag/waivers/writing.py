"""Writes an entry into a file of waivers; all that is there stays as it is, comments included."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from kdiag.errors import UsageError
from kdiag.waivers.nodes import root_of

_START = "version: 1\nwaivers:\n"


@dataclass(frozen=True)
class Draft:
    """An entry to be written. about: what is shown above it, a line each."""

    fingerprints: Sequence[str]
    reason: str
    owner: str
    expires: str
    check: str | None = None
    cluster: str | None = None
    review: str | None = None
    ticket: str | None = None
    allow_critical: bool = False
    about: Sequence[str] = ()


def with_entry(text: str, draft: Draft, name: str) -> str:
    """Return the text of a file with one more entry at the end of its list.

    name: what errors call the file. Raises UsageError where the list is written so that nothing can
    be added, as `[{…}]` on one line.
    """
    root = root_of(text, name)
    if root is None:
        return _joined(text, [*_START.splitlines(), *_lines(draft, 2)])
    node = _list_of(root)
    if node is None:
        raise UsageError(f"{name}: it has no list of waivers; write version: 1 and waivers: first")
    if not node.value:
        return _in_place_of(text, node, draft)
    if not _is_block(node):
        line = node.start_mark.line + 1
        raise UsageError(
            f"{name}:{line}: the list is in brackets; write a waiver on lines of its own"
        )
    lines = text.splitlines()
    end = _end(node)
    more = list(_lines(draft, node.start_mark.column))
    return "\n".join([*lines[:end], *more, *lines[end:]]) + "\n"


def _list_of(root: yaml.Node) -> yaml.Node | None:
    """Return the node of the list: a sequence, or the empty scalar in its place."""
    if not isinstance(root, yaml.MappingNode):
        return None
    return next((value for key, value in root.value if key.value == "waivers"), None)


def _in_place_of(text: str, node: yaml.Node, draft: Draft) -> str:
    """Return the text with the entry where an empty list is."""
    head, tail = text[: node.start_mark.index], text[node.end_mark.index :]
    line, _, rest = tail.partition("\n")
    return _joined(f"{head.rstrip()}{line}", list(_lines(draft, 2)), rest)


def _joined(text: str, lines: Sequence[str], rest: str = "") -> str:
    start = [text.rstrip("\n")] if text.strip() else []
    end = [rest.rstrip("\n")] if rest.strip() else []
    return "\n".join([*start, *lines, *end]) + "\n"


def _is_block(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and not node.flow_style


def _end(node: yaml.Node) -> int:
    """Return the number of the line behind the last value of a node."""
    if _is_block(node) and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    mark = node.end_mark
    return int(mark.line + (mark.column > 0))


def _lines(draft: Draft, indent: int) -> Iterator[str]:
    space = " " * indent
    for line in draft.about:
        shown = "".join(char if char.isprintable() else " " for char in line)
        yield f"{space}# {' '.join(shown.split())}"
    first = f"{space}- "
    for key, value in _values(draft).items():
        yield f"{first}{key}: {value}"
        first = f"{space}  "


def _values(draft: Draft) -> dict[str, str]:
    prints = [_quoted(text) for text in draft.fingerprints]
    values = {
        "check": draft.check,
        "match": f"{{cluster: {_quoted(draft.cluster)}}}" if draft.cluster else None,
        "fingerprint": prints[0] if len(prints) == 1 else f"[{', '.join(prints)}]",
        "reason": _quoted(draft.reason),
        "owner": _quoted(draft.owner),
        "expires": draft.expires,
        "review": draft.review,
        "ticket": _quoted(draft.ticket) if draft.ticket else None,
        "allow_critical": "true" if draft.allow_critical else None,
    }
    return {key: value for key, value in values.items() if value is not None}


def _quoted(text: str) -> str:
    """Return a text as a scalar in quotes on one line."""
    written = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=float("inf"))
    return str(written).rstrip("\n")
