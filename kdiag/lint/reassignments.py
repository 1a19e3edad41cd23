"""A reassignment in a file: its entries, and what kafka-reassign-partitions.sh would refuse."""

from collections.abc import Iterator, Sequence

from kdiag.errors import UsageError
from kdiag.keys import nearest
from kdiag.lint.files import Entry, ReassignmentFile
from kdiag.lint.nodes import Node, Place
from kdiag.preflight.proposal import KEYS, entry_of, is_known

_OUTER = ("version", "partitions")


def reassignment(tree: Node, path: str) -> ReassignmentFile:
    """Return the reassignment of a document, judged entry by entry as preflight does."""
    entries, faults, ignored = [], [], [*_ignored(tree, _OUTER)]
    seen: dict[tuple[str, int], Place] = {}
    if not is_known(tree.plain):
        faults.append(('"version" must be 1', tree.key_place("version")))
    rows = tree.get("partitions")
    if rows is None or not rows.elements():
        faults.append(('"partitions" is empty', tree.key_place("partitions")))
    for row in rows.elements() if rows else []:
        ignored += _ignored(row, KEYS)
        try:
            key, move = entry_of(row.plain, "an entry")
        except UsageError as error:
            faults.append((str(error), row.place))
            continue
        if key in seen:
            line, _ = seen[key]
            faults.append(
                (f"partition {key[0]}-{key[1]} is there twice, first in line {line}", row.place)
            )
        seen.setdefault(key, row.place)
        entries.append(Entry(*key, move.replicas, row.place))
    return ReassignmentFile(
        path=path, entries=tuple(entries), faults=tuple(faults), ignored=tuple(ignored)
    )


def _ignored(node: Node, keys: Sequence[str]) -> Iterator[tuple[str, str, Place]]:
    """Yield keys that the tool does not know and that are like one that is not there."""
    for key, place, _ in node.items():
        near = None if key in keys else nearest(key.lower(), keys)
        if near is not None and node.get(near) is None:
            yield key, near, place
