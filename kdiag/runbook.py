"""Runbooks: one page a check, found by the id of the check."""

import importlib.resources
from difflib import get_close_matches
from importlib.resources.abc import Traversable

from kdiag.errors import UsageError


def runbooks() -> list[str]:
    """Return the ids of the checks that have a runbook."""
    return sorted(_pages())


def read_runbook(id_: str) -> str:
    """Return the runbook of a check. Raises UsageError where there is none, with the nearest id."""
    pages = _pages()
    if id_ not in pages:
        nearest = get_close_matches(id_, sorted(pages), n=1, cutoff=0.4)
        hint = f"; did you mean {nearest[0]}?" if nearest else ""
        raise UsageError(f"there is no runbook {id_!r}{hint} (kdiag checks lists them)")
    return pages[id_].read_text(encoding="utf-8")


def _pages() -> dict[str, Traversable]:
    return {
        page.name.removesuffix(".md"): page
        for page in importlib.resources.files("kdiag.runbooks").iterdir()
        if page.name.endswith(".md")
    }
