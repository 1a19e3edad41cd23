"""Wrong clocks of nodes, by libfaketime, which is loaded into their processes before all else."""

import importlib.util
from collections.abc import Mapping
from pathlib import Path

from kdiag.errors import LabError

_PACKAGE = "vendor/libfaketime/src/libfaketime.so.1"  # in the wheel of python-libfaketime
_SYSTEM = "*/faketime/libfaketimeMT.so.1"  # where Debian has it


def environment(ahead_seconds: float) -> Mapping[str, str]:
    """Return the variables with which the wall clock of a process is ahead; none for 0.

    Only the wall clock is: waits go by the monotonic one. Raises LabError without libfaketime.
    """
    if not ahead_seconds:
        return {}
    return {
        "LD_PRELOAD": str(_library()),
        "FAKETIME": f"{ahead_seconds:+g}s",
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # else Java's timed waits never end
    }


def _library() -> Path:
    spec = importlib.util.find_spec("libfaketime")
    roots = [] if spec is None else [Path(root) for root in spec.submodule_search_locations or ()]
    found = [root / _PACKAGE for root in roots] + sorted(Path("/usr/lib").glob(_SYSTEM))
    for path in found:
        if path.is_file():
            return path
    raise LabError("A wrong clock needs libfaketime: pip install libfaketime.")
