"""A network of a lab's own, in which brokers may listen on an address that is not loopback.

A network namespace without a way out: what listens there is reached from within only. The thread
that starts the lab is in it until the lab ends, and so is what it starts meanwhile, other threads
and processes.
"""

import ctypes
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from kdiag.errors import LabError
from kdiag.lab.security import USER

ADDRESS = "10.20.30.40"
"""A private address (RFC 1918), as brokers inside a company have."""

AUTHORIZED: Mapping[str, str] = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": f"User:ANONYMOUS;User:{USER}",
}
"""Properties of nodes that ask an authorizer. Brokers and the lab's own clients come by the plain
listener, and are User:ANONYMOUS."""

_HERE = Path("/proc/thread-self/ns/net")
_CLONE_NEWNET = 0x40000000


class Apart:
    """A network namespace with loopback and one address; `leave` goes back to the one before."""

    def __init__(self, address: str) -> None:
        """Enter it. Raises LabError where that is not allowed (it needs root)."""
        self._before = os.open(_HERE, os.O_RDONLY | os.O_CLOEXEC)
        try:
            _call("unshare", _CLONE_NEWNET)
            try:
                _ip("link", "set", "lo", "up")
                _ip("address", "add", f"{address}/32", "dev", "lo")
            except BaseException:
                _call("setns", self._before, _CLONE_NEWNET)
                raise
        except BaseException:
            os.close(self._before)
            raise

    def leave(self) -> None:
        """Go back; the namespace ends with the last process in it."""
        _call("setns", self._before, _CLONE_NEWNET)
        os.close(self._before)


def _call(name: str, *arguments: int) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments):
        reason = os.strerror(ctypes.get_errno())
        raise LabError(f"A network of its own cannot be made (it needs root): {reason}.")


def _ip(*arguments: str) -> None:
    try:
        subprocess.run(  # noqa: S603
            ["ip", *arguments],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        raise LabError(f"A network of its own cannot be made: {said.strip()}.") from error
