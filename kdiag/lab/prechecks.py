"""What must be so before a lab starts; each failure is one sentence."""

import os
import shutil
import stat
from pathlib import Path

from kdiag.errors import LabError

_NODE_BYTES = 500 * 2**20  # measured: 350 MB resident, with -Xmx400m
_DISK_BYTES = 500 * 2**20


def require_resources(nodes: int, home: Path) -> None:
    """Raise LabError if memory or disk are too small for a lab of so many nodes."""
    wanted, free = nodes * _NODE_BYTES, available_memory()
    if free is not None and free < wanted:
        raise LabError(
            f"A lab of {nodes} nodes needs {wanted / 1e9:.1f} GB of memory and "
            f"{free / 1e9:.1f} GB are available; use fewer brokers."
        )
    free_disk = shutil.disk_usage(home).free
    if free_disk < _DISK_BYTES:
        raise LabError(
            f"A lab needs {_DISK_BYTES / 1e9:.1f} GB of disk and {home} has "
            f"{free_disk / 1e9:.1f} GB free."
        )


def require_way(home: Path) -> None:
    """Raise LabError if root has a lab where no other user gets to: PostgreSQL runs as another."""
    closed = [each for each in home.resolve().parents if not each.stat().st_mode & stat.S_IXOTH]
    if os.geteuid() == 0 and closed:
        raise LabError(
            f"PostgreSQL does not run as root, and no other user may enter {closed[-1]}; keep the "
            "lab elsewhere, as by --state-dir /var/tmp/kdiag-lab."
        )


def available_memory() -> int | None:
    """Return the bytes of memory that new processes may use, where the system tells."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None
