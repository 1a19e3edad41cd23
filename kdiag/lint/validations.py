"""What a worker of Connect says of the connectors of files, where one is asked."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from kdiag.finding import NotApplicable
from kdiag.lint.files import KeyedFile, is_secret
from kdiag.snapshot import Missing, Section

Errors = Mapping[str, tuple[str, ...]]
"""Key → what is wrong with it, in the words of the worker."""


@dataclass(frozen=True)
class NoPlugin:
    """The worker does not have the class of a connector, so it cannot look at the rest."""


Ask = Callable[[KeyedFile], Errors | NoPlugin | Missing]
"""Asks a worker about a connector that has a connector.class."""

_NO_VALUE = re.compile("required|missing", re.IGNORECASE)  # texts that can quote no value
_LEAST = 4  # characters of a secret that is looked for in words of others


@dataclass(frozen=True)
class Refusal:
    """A key of a connector that a worker does not accept, and why, without secrets."""

    file: KeyedFile
    key: str
    text: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Validations(Section):
    """What a worker refuses of connectors.

    absent: those whose class it does not have. looked_at: how many it was asked about.
    """

    noun: ClassVar[str] = "connectors that a worker looked at"

    refusals: tuple[Refusal, ...]
    absent: tuple[KeyedFile, ...] = ()
    looked_at: int

    def __len__(self) -> int:
        return self.looked_at

    def __iter__(self) -> Iterator[Refusal]:
        return iter(self.refusals)


def validations(
    connectors: Sequence[KeyedFile], ask: Ask | None, at: datetime
) -> Validations | NotApplicable:
    """Ask about each connector; what could not be asked is an error by its name."""
    if ask is None:
        return NotApplicable("no worker was asked (--connect with --validate)")
    refusals: list[Refusal] = []
    absent: list[KeyedFile] = []
    missing: dict[str, Missing] = {}
    asked = [file for file in connectors if file.get("connector.class")]
    for file in asked:
        told = ask(file)
        if isinstance(told, Missing):
            missing[f"connector {file.name or file.path}"] = told
        elif isinstance(told, NoPlugin):
            absent.append(file)
        else:
            refusals += _refusals(file, told)
    if not asked:
        return NotApplicable("the files have no connectors that name a connector.class")
    return Validations(
        refusals=tuple(refusals),
        absent=tuple(absent),
        looked_at=len(asked) - len(missing),
        read_at=at,
        errors=missing,
    )


def _refusals(file: KeyedFile, told: Errors) -> Iterator[Refusal]:
    """Yield what is told, each text once; values of secrets are not repeated."""
    values = (each.value for each in file.settings if is_secret(each.key))
    secrets = sorted(values, key=len, reverse=True)  # one may be part of another
    seen = set()
    for key, texts in told.items():
        for text in texts:
            if text in seen:
                continue
            seen.add(text)
            yield Refusal(file, key, _without(text, secrets, is_hidden=is_secret(key)))


def _without(text: str, secrets: Sequence[str], *, is_hidden: bool) -> str:
    """Return a text without secrets; none at all of one that may quote a value we do not know."""
    if is_hidden and not _NO_VALUE.search(text):
        return "its value is not accepted"
    for secret in secrets:
        if len(secret) >= _LEAST:
            text = text.replace(secret, "***")
    return text
