"""What is known of upgrades: data beside the code (upgrades.toml), read once."""

import importlib.resources
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal, get_args

from kdiag.command import Release, release_of

Kind = Literal["removed", "deprecated", "least"]
Owner = Literal["broker", "topic"]

_FILE = "upgrades.toml"

OF_UPGRADES = ("refused-setting", "removed-setting", "upgrade-path", "upgrade-remarks")
"""Ids of rules that only an upgrade has; each has a runbook."""


@dataclass(frozen=True)
class Target:
    """A release to upgrade to. oldest: the release from which it can be reached at once."""

    release: Release
    oldest: Release
    has_zookeeper: bool
    source: str


@dataclass(frozen=True)
class Setting:
    """What a release does with a setting. least: smallest number it takes, where kind is so."""

    key: str
    owner: Owner
    since: Release
    kind: Kind
    instead: str
    least: int
    source: str


@dataclass(frozen=True)
class Remark:
    """What changes that no broker tells of."""

    about: str
    since: Release
    text: str
    source: str


@dataclass(frozen=True)
class Upgrades:
    """All that is known. as_of: the day of the table; source: its main page."""

    as_of: date
    source: str
    targets: Mapping[Release, Target]
    settings: tuple[Setting, ...]
    remarks: tuple[Remark, ...]


@cache
def upgrades() -> Upgrades:
    """Return the table that comes with kdiag."""
    page = importlib.resources.files("kdiag.preflight") / _FILE
    return upgrades_of(tomllib.loads(page.read_text(encoding="utf-8")))


def upgrades_of(document: Mapping[str, Any]) -> Upgrades:
    """Return the table of a document. Raises ValueError for an entry of another shape."""
    targets = [_target(entry) for entry in document["target"]]
    return Upgrades(
        as_of=document["as_of"],
        source=document["source"],
        targets={target.release: target for target in targets},
        settings=tuple(
            _setting(entry, key) for entry in document["setting"] for key in entry["keys"]
        ),
        remarks=tuple(
            Remark(entry["about"], _release(entry["since"]), entry["text"], entry["source"])
            for entry in document["remark"]
        ),
    )


def _target(entry: Mapping[str, Any]) -> Target:
    release, oldest = _release(entry["release"]), _release(entry["from"])
    return Target(release, oldest, entry.get("zookeeper", False), entry["source"])


def _setting(entry: Mapping[str, Any], key: str) -> Setting:
    kind, owner = entry["kind"], entry["on"]
    if kind not in get_args(Kind) or owner not in get_args(Owner):
        raise ValueError(f"{key}: no kind {kind}, or nobody {owner}")
    since, instead = _release(entry["since"]), entry.get("instead", "")
    return Setting(key, owner, since, kind, instead, entry.get("least", 0), entry["source"])


def _release(text: str) -> Release:
    found = release_of(text)
    if found is None:
        raise ValueError(f"{text} is no release")
    return found
