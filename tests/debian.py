"""Programs of Debian's packages, unpacked into the cache without installing them."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from kdiag.lab.jars import cache_directory
from tests.alone import alone


def home_of(name: str) -> Path:
    """Return where packages are unpacked for a program."""
    return cache_directory().parent / name


def program(name: str, path: str, packages: Callable[[], Sequence[str]]) -> Path | None:
    """Return a program: of the PATH, else unpacked; None where it is not there nor can be fetched.

    path: where the packages have it. packages: tells their names, when they are wanted.
    """
    if found := shutil.which(name):
        return Path(found)
    home = home_of(name)
    has_tools = shutil.which("apt-get") and shutil.which("dpkg-deb")
    with alone(name):
        if not (home / "done").is_file() and has_tools and _unpacked(home, packages):
            (home / "done").touch()
    return home / path if (home / "done").is_file() else None


def _unpacked(home: Path, packages: Callable[[], Sequence[str]]) -> bool:
    """Fetch packages, with fresh lists where the ones at hand do not do, and unpack them."""
    with tempfile.TemporaryDirectory() as scratch:
        if not _downloaded(packages(), scratch):
            subprocess.run(["apt-get", "update"], capture_output=True, check=False)  # noqa: S607
            if not _downloaded(packages(), scratch):
                return False
        home.mkdir(parents=True, exist_ok=True)
        for package in Path(scratch).glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, home], check=True)  # noqa: S603, S607
    return True


def _downloaded(names: Sequence[str], directory: str) -> bool:
    command = ["apt-get", "download", *names]
    done = subprocess.run(command, cwd=directory, capture_output=True, check=False)  # noqa: S603
    return bool(names) and done.returncode == 0
