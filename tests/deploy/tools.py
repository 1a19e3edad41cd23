"""Tools that come out of Go modules: helm, built once into the cache, and schemas as they are."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from kdiag.lab.jars import cache_directory
from tests.alone import alone

HELM = "v3.22.0"
_HELM = f"helm.sh/helm/v3/cmd/helm@{HELM}"

PROMETHEUS_OPERATOR = "github.com/prometheus-operator/prometheus-operator@v0.85.0"
"""Has the definitions of its resources in it."""

COMPOSE = "github.com/compose-spec/compose-go/v2@v2.16.2"
"""Has the schema of compose files in it: what `docker compose` itself reads them with."""

_HOME = cache_directory().parent / "go"
_builds: list[subprocess.Popen[bytes]] = []


def helm() -> Path | None:
    """Return the path of helm, None where this machine has none and cannot build it.

    Building takes two minutes of two cores and a gigabyte, of which only the program is kept. It
    is done as nicely as can be, once for all processes that ask at the same time.
    """
    path = _HOME / f"helm-{HELM}"
    if path.is_file() or not shutil.which("go"):
        return path if path.is_file() else None
    with alone("helm"):
        _HOME.mkdir(parents=True, exist_ok=True)
        if not path.is_file():
            _build(path)
    return path if path.is_file() else None


def is_helm_here() -> bool:
    """Tell whether helm has been built."""
    return (_HOME / f"helm-{HELM}").is_file()


def _build(path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=_HOME) as scratch:
        environ = {
            **os.environ,
            "GOPATH": f"{scratch}/path",
            "GOCACHE": f"{scratch}/cache",
            "GOBIN": scratch,
            "GOFLAGS": "-trimpath -modcacherw",
            "CGO_ENABLED": "0",
        }
        # Not optimised, without symbols: it renders one chart, and is built sooner.
        flags = ["-gcflags=all=-N -l", "-ldflags=-s -w"]
        command = ["nice", "-n", "19", "go", "install", *flags, _HELM]
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        build = subprocess.Popen(  # noqa: S603
            command, cwd=scratch, env=environ, start_new_session=True, **silent
        )
        _builds.append(build)
        if build.wait() == 0:
            Path(scratch, "helm").replace(path)


def stop() -> None:
    """End a build that nobody waits for any more."""
    for build in _builds:
        if build.poll() is None:
            os.killpg(build.pid, signal.SIGTERM)


def module(name: str) -> Path | None:
    """Return the directory of a Go module, None where it cannot be fetched."""
    if not shutil.which("go"):
        return None
    with alone("modules"):
        _HOME.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(  # noqa: S603
            ["go", "mod", "download", "-json", name],  # noqa: S607
            cwd=_HOME,
            env={**os.environ, "GOPATH": str(_HOME / "path"), "GOFLAGS": "-modcacherw"},
            capture_output=True,
            text=True,
            check=False,
        )
    return Path(json.loads(done.stdout)["Dir"]) if done.returncode == 0 else None
