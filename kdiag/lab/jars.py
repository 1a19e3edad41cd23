"""Kafka's jars: exactly those of a lock file, fetched once and verified at every start.

Nothing is resolved at run time. A lock file names each jar by its Maven coordinates and hash; what
is missing in the cache is fetched, and whatever has another hash is refused.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from kdiag.errors import LabError

REPOSITORY_VARIABLE = "KDIAG_MAVEN_REPOSITORY"
"""Environment variable: base URL of a Maven repository to fetch from instead of Maven Central."""

PART = ".part-"
"""Beginning of the names of directories for what is not complete yet."""

_AT_A_TIME = 8
_PART_MAX_AGE_SECONDS = 3600


@dataclass(frozen=True)
class Jar:
    """One file of a lock file: `group:artifact:version[:classifier[:packaging]]` and its SHA-256.

    packaging: how its name ends, where it is no jar.
    """

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str
    packaging: str = "jar"

    @property
    def coordinates(self) -> str:
        """Return the coordinates as the lock file writes them."""
        packaging = "" if self.packaging == "jar" else self.packaging
        parts = (self.group, self.artifact, self.version, self.classifier, packaging)
        return ":".join(part for part in parts if part)

    @property
    def path(self) -> Path:
        """Return where the jar lies below the cache directory."""
        names = (self.artifact, self.version, self.classifier)
        stem = "-".join(name for name in names if name)
        return Path(self.group, f"{stem}.{self.packaging}")


def parse_lock(text: str) -> tuple[Jar, ...]:
    """Read the lines of a lock file; `#` starts a comment."""
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return tuple(_parse_line(fields) for fields in lines if fields)


def _parse_line(fields: list[str]) -> Jar:
    names = fields[0].split(":")
    if len(fields) != 2 or len(names) not in (3, 4, 5) or len(fields[1]) != 64:
        raise LabError(f"The lock file has a malformed line: {' '.join(fields)}.")
    group, artifact, version, *more = names
    classifier, packaging = (*more, *("", "jar")[len(more) :])
    return Jar(group, artifact, version, classifier, fields[1], packaging)


def read_lock(kafka: str) -> tuple[Jar, ...]:
    """Return the jars of a Kafka version that has a lock file in this package."""
    lock = resources.files("kdiag.lab") / f"kafka-{kafka}.lock"
    if not lock.is_file():
        raise LabError(f"The lab has no Kafka {kafka}; it has {', '.join(versions())}.")
    return parse_lock(lock.read_text(encoding="utf-8"))


def versions() -> list[str]:
    """Return the Kafka versions that have a lock file."""
    names = [file.name for file in resources.files("kdiag.lab").iterdir()]
    return sorted(n[6:-5] for n in names if n.startswith("kafka-") and n.endswith(".lock"))


def cache_directory() -> Path:
    """Return the directory in which jars are kept between runs."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kdiag" / "jars"


def fetch(jars: Iterable[Jar], cache: Path | None = None) -> list[Path]:
    """Return the verified paths of the jars, after fetching those that the cache lacks.

    Safe to interrupt and to run in several processes at once: a jar appears in the cache by one
    rename, complete and verified.
    """
    cache = cache or cache_directory()
    jars = tuple(jars)
    missing = [jar for jar in jars if not (cache / jar.path).is_file()]
    if missing:
        cache.mkdir(parents=True, exist_ok=True)
        remove_leftovers(cache)
        _fetch_all(missing, cache)
    for jar in jars:
        _verify(jar, cache / jar.path)
    return [cache / jar.path for jar in jars]


def _fetch_all(jars: list[Jar], cache: Path) -> None:
    from rich.console import Console
    from rich.progress import Progress

    with (
        Progress(console=Console(stderr=True), transient=True) as progress,
        ThreadPoolExecutor(_AT_A_TIME) as pool,
    ):
        task = progress.add_task(f"Fetching {len(jars)} jars of Kafka", total=len(jars))
        try:
            for done in as_completed([pool.submit(_fetch_one, jar, cache) for jar in jars]):
                done.result()
                progress.advance(task)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _fetch_one(jar: Jar, cache: Path) -> None:
    part = Path(tempfile.mkdtemp(prefix=PART, dir=cache))
    try:
        fetched = _download(jar, part)
        _verify(jar, fetched)
        target = cache / jar.path
        target.parent.mkdir(parents=True, exist_ok=True)
        fetched.replace(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _download(jar: Jar, directory: Path) -> Path:
    maven, errors = _maven()
    mirror = os.environ.get(REPOSITORY_VARIABLE)
    remotes = {"mirror": mirror.rstrip("/")} if mirror else None
    context = maven.MavenContext(
        repo_cache=directory, local_repos=[], remote_repos=remotes, timeout=60
    )
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    try:
        return Path(
            component.artifact(classifier=jar.classifier, packaging=jar.packaging).resolve()
        )
    except errors as error:
        raise LabError(
            f"{jar.coordinates} is not cached and cannot be fetched ({type(error).__name__}); "
            f"set {REPOSITORY_VARIABLE} to a Maven repository that this machine can reach."
        ) from error


def _maven() -> tuple[Any, tuple[type[Exception], ...]]:
    try:
        import jgo.maven
    except ImportError as error:
        raise LabError(
            "The lab needs jgo to fetch Kafka; install it with: pip install 'kdiag[lab]'."
        ) from error
    return jgo.maven, (OSError, RuntimeError)  # requests' errors are OSErrors


def _verify(jar: Jar, path: Path) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != jar.sha256:
        raise LabError(
            f"{jar.coordinates} is refused: its SHA-256 is {found[:12]}… where the lock file has "
            f"{jar.sha256[:12]}… ({path})."
        )


def remove_leftovers(cache: Path) -> None:
    """Remove what a killed run left; a younger part may belong to a run that is under way."""
    for part in cache.glob(f"{PART}*"):
        if time.time() - part.stat().st_mtime > _PART_MAX_AGE_SECONDS:
            shutil.rmtree(part, ignore_errors=True)
