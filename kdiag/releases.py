"""The releases of Apache Kafka: data beside the code, read once.

`kdiag/releases.toml` says when a release came and when its support ended, which bugs it has, where
that is written, and of which day all of it is.
"""

import importlib.resources
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

Version = tuple[int, int, int]

_FILE = "releases.toml"
_OLD_DAYS = 365


@dataclass(frozen=True)
class Release:
    """One minor release. latest: its newest patch; ended: the end of support, None while it has."""

    name: str
    released: date
    latest: Version
    ended: date | None

    @property
    def patches(self) -> list[Version]:
        """All versions of the release, as of the table."""
        major, minor, patch = self.latest
        return [(major, minor, number) for number in range(patch + 1)]


@dataclass(frozen=True)
class Bug:
    """One serious bug. ranges: first and last version that has it. exposed: how a cluster is."""

    id: str
    what: str
    ranges: tuple[tuple[Version, Version], ...]
    fixed_in: tuple[str, ...]
    exposed: str
    source: str

    def affects(self, version: Version) -> bool:
        """Tell whether a version has it."""
        return any(first <= version <= last for first, last in self.ranges)


@dataclass(frozen=True)
class Releases:
    """All that is known of the releases. as_of: the day of the table; source: of the dates."""

    as_of: date
    source: str
    releases: Mapping[str, Release]
    bugs: tuple[Bug, ...]

    def is_old(self, day: date) -> bool:
        """Tell whether the table is too old, on that day, to know who is still supported."""
        return (day - self.as_of).days > _OLD_DAYS

    @property
    def supported(self) -> list[str]:
        """Releases that had support on the day of the table, newest first."""
        return [each.name for each in self.releases.values() if each.ended is None]


@cache
def releases() -> Releases:
    """Return the table that comes with kdiag."""
    page = importlib.resources.files("kdiag") / _FILE
    return releases_of(tomllib.loads(page.read_text(encoding="utf-8")))


def releases_of(document: Mapping[str, Any]) -> Releases:
    """Return the table of a document."""
    return Releases(
        as_of=document["as_of"],
        source=document["source"],
        releases={row["release"]: _release(row) for row in document["release"]},
        bugs=tuple(_bug(row) for row in document["bug"]),
    )


def _release(row: Mapping[str, Any]) -> Release:
    return Release(row["release"], row["released"], version(row["latest"]), row.get("ended"))


def _bug(row: Mapping[str, Any]) -> Bug:
    return Bug(
        row["id"],
        row["what"],
        tuple(_range(text) for text in row["affects"]),
        tuple(row["fixed_in"]),
        row["exposed"],
        row["source"],
    )


def _range(text: str) -> tuple[Version, Version]:
    first, _, last = text.partition("-")
    return version(first), version(last or first)


def version(text: str) -> Version:
    """Return `3.9.2` as numbers. Raises ValueError where it is no version of three."""
    major, minor, patch = map(int, text.split("."))
    return major, minor, patch


def named(versions: Sequence[Version]) -> list[str]:
    """Return versions as text."""
    return [".".join(map(str, each)) for each in versions]
