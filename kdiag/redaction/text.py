"""Names in texts: reasons, errors, and the targets that they belong to.

A target (`topic orders`, `partition orders-3`, `worker HOST:PORT`) is taken apart by its first
words. Any other text is gone through word by word: known names and addresses are replaced, numbers
and everybody's words stay, all else becomes `(withheld)`.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from kdiag.redaction.addresses import address
from kdiag.redaction.scope import Rename, Scope
from kdiag.redaction.shapes import is_address
from kdiag.redaction.words import names_nobody

WITHHELD = "(withheld)"

_WORD = re.compile(r"[^\s\"'`(),;=<>|]+")
_PUNCTUATION = re.compile(r"(?P<word>.*?)(?P<behind>[.:!?]*)", re.DOTALL)
_PART = re.compile(r"\w[\w.-]*\w|\w")
_NUMBER = re.compile(r"[-+]?\d[\d,]*(\.\d+){0,2}[A-Za-z%]{0,4}|v\d+|[^\w]+")
_PLACE = re.compile(r"(?P<name>.+)-(?P<number>\d+)", re.DOTALL)
_URL = re.compile(r"([\w.+-]+://\S+|[^/:\s]+:\d+(/\S*)?|\[[0-9A-Fa-f:.]+\](:\d+)?)")
_BEFORE = {
    "topic": "topic",
    "group": "group",
    "partition": "topic",
    "id": "transaction",
    "transactionalid": "transaction",
    "user": "principal",
    "connector": "connector",
}
"""Word → what the next one names, even if that is an everyday word."""

_EVERYDAY_TEXT = """
a an and as at be broker brokers by cluster controller for from group groups has in is it its no
not of on or s so that the this to topic topics was were with within
"""
_EVERYDAY = frozenset(_EVERYDAY_TEXT.split())
"""Names that are such a word are replaced in a text only where the word before says what it is."""

_TARGETS = (
    (re.compile(r"(?:broker|controller) \d+"), ()),
    (re.compile(r"group (.+), topic (.+)", re.DOTALL), ("group", "topic")),
    (re.compile(r"topic (.+)", re.DOTALL), ("topic",)),
    (re.compile(r"group (.+)", re.DOTALL), ("group",)),
    (re.compile(r"(?:partition|producers of|transaction on) (.+)-\d+", re.DOTALL), ("topic",)),
    (re.compile(r"listener (.+) of broker \d+", re.DOTALL), ("listener",)),
    (re.compile(r"transactional id (.+)", re.DOTALL), ("transaction",)),
    (re.compile(r"(?:worker|endpoint|bootstrap server) (.+)", re.DOTALL), ("worker",)),
    (re.compile(r"connector (.+)", re.DOTALL), ("connector",)),
    (re.compile(r"log dir (.+) of broker \d+", re.DOTALL), ("path",)),
    (re.compile(r"\w+ on Topic (.+)", re.DOTALL), ("topic",)),
    (re.compile(r"\w+ on Group (.+)", re.DOTALL), ("group",)),
    (re.compile(r"\w+ on TransactionalId (.+)", re.DOTALL), ("transaction",)),
)
"""Form of a target or of a grant → what its parts name."""


def target(text: str, scope: Scope) -> str:
    """Replace the names in what an error or a grant is about."""
    for pattern, categories in _TARGETS:
        if found := pattern.fullmatch(text):
            return _replaced(found, categories, scope)
    return scope.text(text)


def _replaced(found: re.Match[str], categories: tuple[str, ...], scope: Scope) -> str:
    text, at, made = found.string, 0, ""
    for number, category in enumerate(categories, 1):
        name = found[number]
        new = address(name, scope) if category == "worker" else scope.rename(category, name)
        made += text[at : found.start(number)] + new
        at = found.end(number)
    return made + text[at:]


@dataclass(frozen=True)
class Texts:
    """Replaces names in texts.

    names: what is named → name → what replaces it, in the order in which a word that names more
    than one thing is understood. rename: for addresses and paths. withholds: whether other words
    that are not everybody's are left out; the names that are kept are in `kept`.
    """

    names: Mapping[str, Mapping[str, str]]
    rename: Rename
    withholds: bool = True
    kept: Collection[str] = ()

    def __call__(self, text: str) -> str:
        """Return a text with other names in it."""
        text = self._without_odd_names(text)
        made, at, before = "", 0, ""
        for found in _WORD.finditer(text):
            made += text[at : found.start()] + self._word(found[0], before)
            before, at = found[0].lower(), found.end()
        return made + text[at:]

    def _word(self, word: str, before: str) -> str:
        split = _PUNCTUATION.fullmatch(word)
        bare, behind = (split["word"], split["behind"]) if split else (word, "")
        for name, rest in ((word, ""), (bare, behind)):
            known = self._known(name, before)
            if known is not None:
                return known + rest
        return self._other(bare) + behind

    def _known(self, name: str, before: str) -> str | None:
        """Return what replaces a known name, or a partition of a known topic."""
        category = _BEFORE.get(before)
        if category and name in self.names.get(category, {}):
            return self.names[category][name]
        if name.lower() in _EVERYDAY or name.isdigit():
            return None
        if name in self._all:
            return self._all[name]
        place = _PLACE.fullmatch(name)
        topics = self.names.get("topic", {})
        if place and place["name"] in topics:
            return f"{topics[place['name']]}-{place['number']}"
        return name if name in self._accepted else None

    def _other(self, word: str) -> str:
        """Return a word that is no known name: an address, a path, a number, or one of ours."""
        if _NUMBER.fullmatch(word):
            return word
        if is_address(word) or _URL.fullmatch(word):
            return address(word, Scope(self._renamed, self))
        if word.startswith("/"):
            return self._renamed("path", word)
        if self.withholds and not names_nobody(word):
            return WITHHELD
        return _PART.sub(lambda part: self._known(part[0], "") or part[0], word)

    def _renamed(self, category: str, name: str) -> str:
        """Replace a name; a path that no table knows may hold any name, and never stays."""
        made = self.rename(category, name)
        is_known = made != name or name in self._accepted or not self.withholds
        return made if category != "path" or is_known or names_nobody(name) else f"/{WITHHELD}"

    def _without_odd_names(self, text: str) -> str:
        """Replace names that are more than one word, or end like a sentence, longest first."""
        for name in self._odd:
            if name in text:
                alone = rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.\w)"
                text = self._all[name].join(re.split(alone, text))
        return text

    @cached_property
    def _all(self) -> dict[str, str]:
        merged: dict[str, str] = {}
        for category, known in self.names.items():
            if category not in ("value", "setting"):
                merged = {**known, **merged}
        return merged

    @cached_property
    def _accepted(self) -> frozenset[str]:
        return frozenset([*self._all.values(), *self.kept, WITHHELD.strip("()")])

    @cached_property
    def _odd(self) -> list[str]:
        odd = [name for name in self._all if name and not _is_one_word(name)]
        return sorted(odd, key=len, reverse=True)


def _is_one_word(name: str) -> bool:
    return _WORD.fullmatch(name) is not None and name[-1] not in ".:!?"
