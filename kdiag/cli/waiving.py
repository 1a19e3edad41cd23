"""The file of `--waivers`, read when a command starts, and again by what runs on."""

import logging
from collections.abc import Collection
from pathlib import Path

from kdiag.errors import UsageError
from kdiag.waivers.ledger import NONE, Waivers

log = logging.getLogger(__name__)


def read(path: Path | None, checks: Collection[str]) -> Waivers:
    """Return the waivers of a file, none without one. checks: ids of all that there are.

    Raises UsageError for what is wrong in the file.
    """
    if path is None:
        return NONE
    from kdiag.waivers.file import read_waivers

    return read_waivers(path, checks)


def reread(path: Path | None, held: Waivers) -> Waivers:
    """Return the waivers as the file has them now; where it is wrong, those of before."""
    try:
        return read(path, held.checks)
    except UsageError as error:
        log.warning("%s; the waivers of before count", error)
        return held
