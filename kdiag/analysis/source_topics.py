"""Which topics are those of which source of changes, by its topic.prefix and its list of tables.

Debezium writes to PREFIX.SCHEMA.TABLE, and a prefix may have dots itself: `a.b.t` may be of `a` or
of `a.b`. A topic is that of the sources whose table.include.list names it; where none does, of the
longest prefix that fits. Lists are regular expressions: only items that are plain names, or a
schema with `.*` after it, are looked at.
"""

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

_PLAIN = re.compile(r"[\w$-]+(\\?\.[\w$-]+)*(\\?\.\.\*)?")


class SourceTopics(Generic[K]):
    """Sources by their prefix. sources: what names one → its settings."""

    def __init__(self, sources: Mapping[K, Mapping[str, str | None]]) -> None:
        self._by_prefix: dict[str, list[tuple[K, tuple[str, ...]]]] = {}
        for key, settings in sources.items():
            if prefix := settings.get("topic.prefix"):
                listed = _listed(settings.get("table.include.list") or "")
                self._by_prefix.setdefault(prefix, []).append((key, listed))

    @property
    def begins(self) -> tuple[str, ...]:
        """Return what the topics of all sources begin with."""
        return tuple(f"{prefix}." for prefix in self._by_prefix)

    def of_each(self, topics: Iterable[str]) -> dict[K, frozenset[str]]:
        """Return the topics of each source, of those that are given."""
        found: dict[K, set[str]] = {}
        for topic in topics:
            for key in self._owners(topic):
                found.setdefault(key, set()).add(topic)
        return {key: frozenset(each) for key, each in found.items()}

    def _owners(self, topic: str) -> list[K]:
        """Return the sources of a topic: those whose lists name it, else the longest prefix."""
        longest: list[K] = []
        told: list[K] = []
        at = topic.find(".")
        while at >= 0:
            fitting = self._by_prefix.get(topic[:at], ())
            told += [key for key, tables in fitting if _names(tables, topic[at + 1 :])]
            longest = [key for key, _ in fitting] or longest
            at = topic.find(".", at + 1)
        return told or longest


def _listed(text: str) -> tuple[str, ...]:
    items = (item.strip() for item in text.split(","))
    return tuple(item.replace("\\", "") for item in items if _PLAIN.fullmatch(item))


def _names(tables: tuple[str, ...], rest: str) -> bool:
    return any(
        rest.startswith(item[:-2]) if item.endswith("..*") else rest == item for item in tables
    )
