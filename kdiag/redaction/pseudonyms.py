"""Pseudonyms: made from names by a keyed hash, and shaped so that they mean the same to a check.

A pseudonym is a kind and eight letters that can be said on a call: `topic-bakodimu`. The letters
come from HMAC-SHA256 under a key that no file holds, so that a list of likely names tells nothing;
with the same key a name has the same pseudonym in every file. Where the name of something carries
meaning (an internal topic, the members of one application), that part is kept; see `shapes`.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from kdiag.analysis.history_span import log_partition
from kdiag.redaction.shapes import Letters, shaped

Names = dict[str, dict[str, str]]
"""What is named → name → pseudonym."""

_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"
_SYLLABLES = 4
_TRIES = 100_000


@dataclass(frozen=True)
class Maker:
    """Makes the pseudonyms of one file.

    key: of the hash. partitions: of `__consumer_offsets`; a group keeps its own one, which its
    coordinator and its history show anyway. owners: member → the client or instance that its id
    begins with. ranks: place of a name among all of its kind.
    """

    key: bytes
    partitions: int
    owners: Mapping[str, tuple[str, str]]
    made: Names = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    ranks: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, category: str, names: Iterable[str]) -> None:
        """Make the pseudonyms of names, in an order that chance does not change."""
        ordered = sorted(names)
        self.ranks.update({(category, name): at for at, name in enumerate(ordered, 1)})
        for name in ordered:
            self.of(category, name)

    def of(self, category: str, name: str) -> str:
        """Return the pseudonym of a name, itself where it names nothing of anybody."""
        known = self.made.setdefault(category, {})
        if name not in known:
            known[name] = self._new(category, name)
        return known[name]

    def _new(self, category: str, name: str) -> str:
        for number in range(_TRIES):
            made = shaped(category, name, _Letters(self, f"{category}\0{name}", number))
            if made == name:
                return made
            if made.lower() not in self.taken and self._fits(category, name, made):
                self.taken.add(made.lower())
                return made
        raise RuntimeError(f"no {category} is free any more")

    def _fits(self, category: str, name: str, made: str) -> bool:
        if category != "group":
            return True
        return _log_partition(name, self.partitions) == log_partition(made, self.partitions)


_log_partition = lru_cache(maxsize=1)(log_partition)  # of one name, against many pseudonyms


@dataclass(frozen=True)
class _Letters(Letters):
    """Letters and digits for one name, and the pseudonyms of the names in it."""

    maker: Maker
    text: str
    number: int

    def word(self) -> str:
        """Return eight letters that can be said; one hash has eight such words in it."""
        block, place = divmod(self.number, 32 // _SYLLABLES)
        digest = _digest(self.maker.key, f"{self.text}\0{block}")[place * _SYLLABLES :]
        return "".join(
            _CONSONANTS[byte % 16] + _VOWELS[byte >> 4 & 3] for byte in digest[:_SYLLABLES]
        )

    def digits(self, length: int) -> str:
        """Return a number of so many digits."""
        return str(int(self.hexes(32), 16) % 10**length).zfill(length)

    def hexes(self, length: int) -> str:
        """Return so many hexadecimal digits."""
        return _digest(self.maker.key, f"{self.text}\0hex\0{self.number}").hex()[:length]

    def of(self, category: str, name: str) -> str:
        """Return the pseudonym of a name that is part of this one."""
        return self.maker.of(category, name)

    def rank(self, category: str, name: str) -> int:
        """Return the place of a name among those of the tables, 0 for one of a text."""
        return self.maker.ranks.get((category, name), 0)

    def owner(self, name: str) -> tuple[str, str] | None:
        """Return what a member's id begins with: client or instance, and its name."""
        return self.maker.owners.get(name)


@lru_cache(maxsize=1)
def _digest(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)
