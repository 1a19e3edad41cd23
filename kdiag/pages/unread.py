"""What a page lacks: sections, or parts of them, that could not be read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kdiag.analysis.share_groups import ShareLag
from kdiag.check import DERIVATIONS
from kdiag.sections import Groups, ShareOffsets
from kdiag.snapshot import Missing, Section
from kdiag.view import View

_OF_SHARE_GROUPS = (ShareOffsets, ShareLag)


@dataclass(frozen=True)
class Unread:
    """One reason why something is not on the page.

    what: what the page lacks for it. target: the part of the cluster that was not seen, None for
    all of it. needs: the grant, flag or version that would help.
    """

    what: tuple[str, ...]
    target: str | None
    reason: str
    needs: str | None


def unread(view: View, words: Mapping[type[Section], str]) -> tuple[Unread, ...]:
    """Return what of these sections could not be read; those of one reason together.

    words: what each section is to the page. What is about share groups counts where there are any.
    """
    has_share = has_share_groups(view)
    lacking: dict[tuple[str | None, Missing], list[str]] = {}
    for section, word in words.items():
        if section in _OF_SHARE_GROUPS and not has_share:
            continue
        for target, missing in _gaps(view, section):
            lacking.setdefault((target, missing), []).append(word)
    return tuple(
        Unread(tuple(dict.fromkeys(what)), target, missing.reason, missing.grant)
        for (target, missing), what in lacking.items()
    )


def has_share_groups(view: View) -> bool:
    """Tell whether there are share groups, as far as groups were read."""
    groups = view.get(Groups)
    return isinstance(groups, Groups) and bool((groups.rows["type"] == "share").any())


def is_whole(view: View, section: type[Section]) -> bool:
    """Tell whether a section was read, and nothing of it is missing."""
    held = view.get(section)
    return isinstance(held, Section) and not held.errors


def _gaps(view: View, section: type[Section]) -> Iterator[tuple[str | None, Missing]]:
    held = view.get(section)
    if isinstance(held, Missing):
        yield None, held
    elif isinstance(held, Section) and section not in DERIVATIONS:
        yield from held.errors.items()
