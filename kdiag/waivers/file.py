"""The file of waivers: YAML, read node by node, so that every fault has its line.

version: 1
waivers:
  - check: replication-factor-low
    match: {topic: scratch}         # exact; "glob:scratch-*" for a pattern
    reason: a test topic
    owner: data team
    expires: 2026-12-31             # its last day, UTC; never needs review: DATE
    ticket: OPS-12                  # optional, as are the next three
    while: replication_factor == 1  # holds only while the evidence says so
    allow_critical: true            # else a critical finding is not waived
    fingerprint: 0123456789abcdef   # one or a list: only these findings

Values are taken as they are written: `topic: on` is the topic "on", `topic: 007` the topic "007".
"""

import re
from collections.abc import Collection, Iterator
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from kdiag.bounded import read_text
from kdiag.errors import UsageError
from kdiag.waivers.entry import MATCH_KEYS, OPERATORS, Condition, Entry
from kdiag.waivers.ledger import Waivers
from kdiag.waivers.nodes import Nodes, root_of

if TYPE_CHECKING:
    from yaml import Node

VERSION = "1"
_TOP = ("version", "waivers")
_REQUIRED = ("reason", "owner", "expires")
_KEYS = (
    "check",
    "match",
    "fingerprint",
    *_REQUIRED,
    "review",
    "ticket",
    "while",
    "allow_critical",
)
_CONDITION = re.compile(r"(\w+)\s*(==|!=|<=|>=|<|>)\s*(\S.*)")


def read_waivers(path: Path, checks: Collection[str]) -> Waivers:
    """Return the waivers of a file. checks: ids of all that there are.

    Raises UsageError with file, line and what is allowed for everything else than that.
    """
    try:
        text = read_text(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8") from None
    return parsed(text, str(path), checks)


def parsed(text: str, name: str, checks: Collection[str]) -> Waivers:
    """Return the waivers of a text. name: what errors call it. Raises as `read_waivers`."""
    root = root_of(text, name)
    if root is None:
        raise UsageError(f"{name}: is empty; it must have version: 1 and waivers:")
    return Waivers(tuple(_Reader(Nodes(name), checks).entries(root)), frozenset(checks))


class _Reader:
    """Makes entries of nodes."""

    def __init__(self, nodes: Nodes, checks: Collection[str]) -> None:
        self._nodes, self._checks = nodes, checks

    def entries(self, root: "Node") -> Iterator[Entry]:
        top = self._nodes.mapping(root, "the file", _TOP)
        for key in _TOP:
            if key not in top:
                raise self._nodes.wrong(
                    root, f"{key} is missing; it must have version: 1 and waivers:"
                )
        version = self._nodes.text(top["version"], "version")
        if version != VERSION:
            raise self._nodes.wrong(top["version"], f"version {version} is not known; it must be 1")
        for node in self._nodes.items(top["waivers"]):
            yield self._entry(node)

    def _entry(self, node: "Node") -> Entry:
        given = self._nodes.mapping(node, "a waiver", _KEYS)
        for key in _REQUIRED:
            if key not in given:
                raise self._nodes.wrong(
                    node, f"{key} is missing; a waiver needs {', '.join(_REQUIRED)}"
                )
        if not {"check", "fingerprint"} & set(given):
            raise self._nodes.wrong(node, "it names neither a check nor a fingerprint")
        if not {"match", "fingerprint"} & set(given):
            why = "match is missing; for all that the check finds write match: {cluster: ID}"
            raise self._nodes.wrong(node, why)
        texts = {
            key: self._nodes.text(value, key)
            for key, value in given.items()
            if key not in ("match", "fingerprint")
        }
        expires, review = self._end(given, texts)
        return Entry(
            reason=texts["reason"],
            owner=texts["owner"],
            expires=expires,
            review=review,
            check=self._check(given, texts),
            match=self._match(given),
            fingerprints=self._fingerprints(given),
            ticket=texts.get("ticket"),
            condition=self._condition(given, texts),
            allow_critical=self._flag(given, texts, "allow_critical"),
            line=node.start_mark.line + 1,
        )

    def _check(self, given: "dict[str, Node]", texts: dict[str, str]) -> str | None:
        id_ = texts.get("check")
        if id_ is not None and id_ not in self._checks:
            near = get_close_matches(id_, sorted(self._checks), n=1, cutoff=0.4)
            hint = f"; did you mean {near[0]}?" if near else " (kdiag checks lists them)"
            raise self._nodes.wrong(given["check"], f"there is no check {id_}{hint}")
        return id_

    def _match(self, given: "dict[str, Node]") -> dict[str, str]:
        if "match" not in given:
            return {}
        found = self._nodes.mapping(given["match"], "match", MATCH_KEYS)
        return {key: self._nodes.text(value, f"match.{key}") for key, value in found.items()}

    def _fingerprints(self, given: "dict[str, Node]") -> frozenset[str]:
        import yaml

        node = given.get("fingerprint")
        if node is None:
            return frozenset()
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not nodes:
            raise self._nodes.wrong(node, "fingerprint is an empty list")
        return frozenset(self._nodes.text(one, "fingerprint") for one in nodes)

    def _end(
        self, given: "dict[str, Node]", texts: dict[str, str]
    ) -> tuple[date | None, date | None]:
        review = self._date(given, texts, "review") if "review" in given else None
        if texts["expires"] != "never":
            return self._date(given, texts, "expires"), review
        if review is None:
            raise self._nodes.wrong(given["expires"], "expires: never needs review: YYYY-MM-DD")
        return None, review

    def _date(self, given: "dict[str, Node]", texts: dict[str, str], key: str) -> date:
        text = texts[key]
        try:
            found = date.fromisoformat(text)
        except ValueError:
            found = None
        if found is None or found.isoformat() != text:
            more = ", or never with review: YYYY-MM-DD" if key == "expires" else ""
            raise self._nodes.wrong(given[key], f"{key} {text} is no date; write YYYY-MM-DD{more}")
        return found

    def _condition(self, given: "dict[str, Node]", texts: dict[str, str]) -> Condition | None:
        if "while" not in texts:
            return None
        found = _CONDITION.fullmatch(texts["while"])
        if found is None:
            allowed = ", ".join(OPERATORS)
            raise self._nodes.wrong(
                given["while"],
                f"while: {texts['while']} is no condition; write KEY OP VALUE with a key of the "
                f"evidence and one of {allowed}",
            )
        return Condition(found[1], found[2], found[3].strip())

    def _flag(self, given: "dict[str, Node]", texts: dict[str, str], key: str) -> bool:
        text = texts.get(key, "false")
        if text not in ("true", "false"):
            raise self._nodes.wrong(given[key], f"{key} must be true or false; it is {text}")
        return text == "true"
