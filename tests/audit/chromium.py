"""A real browser: the Chromium of the PATH, or Debian's package unpacked into the cache."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from kdiag.lab.jars import cache_directory

_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--enable-logging=stderr", "--virtual-time-budget=2000"),
)
_SECONDS = 120
_LIBRARIES = "usr/lib/x86_64-linux-gnu"


def binary() -> Path | None:
    """Return the path of chromium, None where this machine has none and can fetch none."""
    if found := shutil.which("chromium"):
        return Path(found)
    home = cache_directory().parent / "chromium"
    path = home / "usr/lib/chromium/chromium"
    if not (home / "done").is_file() and shutil.which("apt-get") and shutil.which("dpkg-deb"):
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            if not _download(scratch):
                subprocess.run(["apt-get", "update"], capture_output=True, check=False)  # noqa: S607
                if not _download(scratch):
                    return None
            for package in Path(scratch).glob("*.deb"):
                subprocess.run(["dpkg-deb", "-x", package, home], check=True)  # noqa: S603, S607
        (home / "done").touch()
    return path if path.is_file() else None


def _download(directory: str) -> bool:
    """Fetch the package, and those that it needs and this machine does not have."""
    asked = ["apt-get", "install", "--yes", "--no-install-recommends", "--print-uris", "chromium"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout  # noqa: S603
    names = re.findall(r"^'[^']+' ([^_\s]+)_", told, re.MULTILINE)
    if not names:
        return False
    command = ["apt-get", "download", *names]
    done = subprocess.run(command, cwd=directory, capture_output=True, check=False)  # noqa: S603
    return done.returncode == 0


def run(path: Path, home: Path, page: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Open a page; stdout is what the flags ask for, stderr has a line for each console message."""
    libraries = cache_directory().parent / "chromium" / _LIBRARIES
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
