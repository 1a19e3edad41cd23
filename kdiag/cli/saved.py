"""Opening a saved snapshot: what of it was passed over is said, names are put back if wanted."""

from pathlib import Path

import click

from kdiag.snapshot import Snapshot
from kdiag.wording import listed


def opened(path: Path, names: Path | None = None) -> Snapshot:
    """Return the snapshot in a file; names: a file of names, to put back in.

    Raises UsageError where either is not what it should be.
    """
    from kdiag.sources.saved import load

    snapshot = load(path)
    if snapshot.notes:
        passed = listed(snapshot.notes)
        click.echo(f"kdiag: {path}: {passed}: not known to this version, passed over", err=True)
    if names is None:
        return snapshot
    from kdiag.redaction import restored
    from kdiag.sources.saved.names import load_names

    return restored(snapshot, load_names(names))
