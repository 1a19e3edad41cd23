"""The flags of redaction: which kinds of name, where the pseudonyms come from, who keeps names."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from kdiag.cli import flags
from kdiag.cli.diagnosis import words
from kdiag.cli.flags import flag
from kdiag.cli.progress import Progress
from kdiag.errors import UsageError
from kdiag.snapshot import Snapshot

F = TypeVar("F", bound=Callable[..., Any])

_ALL = "all"


@dataclass(frozen=True)
class Redaction:
    """What is withheld, and how."""

    redact: tuple[str, ...]
    redact_key_file: Path | None
    names_file: Path | None

    def __call__(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot with pseudonyms, and write the names where they are asked for.

        Raises UsageError for an unknown kind, and for a file that cannot be used.
        """
        from kdiag.redaction import redacted
        from kdiag.sources.saved.names import key_at, new_key, save_names

        kinds = self.kinds()
        if not kinds:
            return snapshot
        key = new_key() if self.redact_key_file is None else key_at(self.redact_key_file)
        with Progress("Replacing names"):
            made = redacted(snapshot, kinds, key)
        if self.names_file is not None:
            save_names(made.names, self.names_file)
            click.echo(f"{self.names_file}: the names behind the pseudonyms; keep it", err=True)
        return made.snapshot

    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of name. Raises UsageError for flags that say nothing of use."""
        from kdiag.redaction import KINDS

        kinds = tuple(dict.fromkeys(_kinds(self.redact, list(KINDS))))
        for given, name in (
            (self.redact_key_file, "--redact-key-file"),
            (self.names_file, "--names-file"),
        ):
            if given is not None and not kinds:
                raise UsageError(f"{name} needs --redact")
        return kinds


def _kinds(given: Sequence[str], known: Sequence[str]) -> Iterator[str]:
    for word in words(given):
        if word != _ALL and word not in known:
            near = get_close_matches(word, [_ALL, *known], 1)
            hint = f"; is it {near[0]}?" if near else ""
            raise UsageError(f"--redact {word}: there are {_ALL}, {', '.join(known)}{hint}")
        yield from known if word == _ALL else [word]


_REDACTION = (
    flag(
        "--redact",
        multiple=True,
        metavar="all|KIND[,...]",
        help="Write pseudonyms for all names, or for hosts, addresses, topics, groups, clients, "
        "principals, transactional-ids, paths, racks, listeners, cluster.",
    ),
    flag(
        "--redact-key-file",
        type=flags.FILE,
        metavar="FILE",
        help="Key of the pseudonyms, so that files of one cluster compare; made if it is not there."
        "  [default: a new key for each file]",
    ),
    flag(
        "--names-file",
        type=flags.FILE,
        metavar="FILE",
        help="Keep the names there, for yourself: kdiag doctor --from FILE --names puts them back.",
    ),
)


def redaction(function: F) -> F:
    """Add the flags of redaction; the command gets them as `redaction`."""
    return cast(F, flags.bundled(function, "redaction", Redaction, _REDACTION))
