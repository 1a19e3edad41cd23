"""A real browser: the Chromium of the PATH, or Debian's package unpacked into the cache."""

import os
import re
import subprocess
from pathlib import Path

from tests.debian import home_of, program

_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--enable-logging=stderr", "--virtual-time-budget=2000"),
)
_SECONDS = 120
_LIBRARIES = "usr/lib/x86_64-linux-gnu"


def binary() -> Path | None:
    """Return the path of chromium, None where this machine has none and can fetch none."""
    return program("chromium", "usr/lib/chromium/chromium", _packages)


def _packages() -> list[str]:
    """Return the package, and those that it needs and this machine does not have."""
    asked = ["apt-get", "install", "--yes", "--no-install-recommends", "--print-uris", "chromium"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout  # noqa: S603
    return re.findall(r"^'[^']+' ([^_\s]+)_", told, re.MULTILINE)


def run(path: Path, home: Path, page: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Open a page; stdout is what the flags ask for, stderr has a line for each console message."""
    libraries = home_of("chromium") / _LIBRARIES
    places = f"{libraries}:{libraries / 'pulseaudio'}"
    command = [str(path), *_FLAGS, f"--user-data-dir={home}", *flags, page.as_uri()]
    return subprocess.run(  # noqa: S603
        command,
        capture_output=True,
        text=True,
        check=True,
        timeout=_SECONDS,
        env={**os.environ, "LD_LIBRARY_PATH": places, "HOME": str(home)},
    )


def messages(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Return what a page said on its console."""
    return [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
