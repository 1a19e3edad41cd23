"""A real Prometheus: the one of the PATH, or Debian's package unpacked into the cache."""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import yaml

from kdiag.lab.jars import cache_directory
from kdiag.lab.plan import free_ports
from tests.alone import alone

_START_SECONDS = 60


def binary(name: str = "prometheus") -> Path | None:
    """Return the path of a program, None where this machine has none and can fetch none.

    name: of the program, and of Debian's package of it.
    """
    if found := shutil.which(name):
        return Path(found)
    home = cache_directory().parent / name
    path = home / "usr/bin" / name
    with alone(name):
        if not path.is_file() and shutil.which("apt-get") and shutil.which("dpkg-deb"):
            _unpack(name, home)
    return path if path.is_file() else None


def _unpack(name: str, home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        if not _download(name, scratch):
            subprocess.run(["apt-get", "update"], capture_output=True, check=False)  # noqa: S607
            _download(name, scratch)
        for package in Path(scratch).glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, home], check=True)  # noqa: S603, S607


def _download(name: str, directory: str) -> bool:
    command = ["apt-get", "download", name]
    done = subprocess.run(command, cwd=directory, capture_output=True, check=False)  # noqa: S603
    return done.returncode == 0


class Prometheus:
    """A server on loopback that scrapes some addresses every second, and ends with the block.

    targets: addresses; or address → value of the label env that its series get. web_config: file
    with TLS and users. seconds: between two scrapes.
    """

    def __init__(
        self,
        path: Path,
        home: Path,
        targets: Sequence[str] | Mapping[str, str],
        rules: str = "",
        web_config: Path | None = None,
        seconds: int = 1,
    ) -> None:
        self._path, self._home, self._targets, self._rules = path, home, targets, rules
        self._web_config, self._seconds = web_config, seconds
        self.address = f"127.0.0.1:{free_ports(1)[0]}"
        self.url = f"http://{self.address}"

    def __enter__(self) -> "Prometheus":
        config = {
            "global": {
                "scrape_interval": f"{self._seconds}s",
                "scrape_timeout": f"{self._seconds}s",
                "evaluation_interval": "1s",
            },
            "rule_files": ["rules.yml"],
            "scrape_configs": [{"job_name": "kafka", "static_configs": self._static()}],
        }
        (self._home / "rules.yml").write_text(self._rules)
        file = self._home / "prometheus.yml"
        file.write_text(json.dumps(config))  # JSON is YAML
        command = [
            str(self._path),
            f"--config.file={file}",
            f"--storage.tsdb.path={self._home / 'data'}",
            f"--web.listen-address={self.address}",
            *([f"--web.config.file={self._web_config}"] if self._web_config else []),
        ]
        with (self._home / "log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603
        return self

    def _static(self) -> list[dict[str, Any]]:
        if isinstance(self._targets, Mapping):
            return [
                {"targets": [target], "labels": {"env": env}}
                for target, env in self._targets.items()
            ]
        return [{"targets": list(self._targets)}]

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)

    def wait(self, query: str) -> None:
        """Wait until a query returns something."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._rows(query):
                return
            time.sleep(0.5)
        raise AssertionError(f"no series of {query}: {(self._home / 'log').read_text()[-2000:]}")

    def firing(self) -> set[str]:
        """Return the names of the alerts that fire; of findings with their check behind."""
        reply = httpx.get(f"{self.url}/api/v1/alerts", timeout=5)
        alerts = [one for one in reply.json()["data"]["alerts"] if one["state"] == "firing"]
        return {
            " ".join((one["labels"]["alertname"], one["labels"]["check"]))
            if one["labels"]["alertname"].endswith("Finding")
            else one["labels"]["alertname"]
            for one in alerts
        }

    def _rows(self, query: str) -> list[object]:
        try:
            reply = httpx.get(f"{self.url}/api/v1/query", params={"query": query}, timeout=5)
        except httpx.HTTPError:
            return []
        if reply.status_code == httpx.codes.SERVICE_UNAVAILABLE:  # it has just started
            return []
        return reply.json()["data"]["result"]

    def rows(self, query: str) -> list[dict[str, str]]:
        """Return the labels of what a query returns. Raises AssertionError where it is refused."""
        answer = self._asked("query", query=query)
        return [one["metric"] for one in answer["result"]]

    def series(self, selector: str) -> list[dict[str, str]]:
        """Return the labels of the series that there are."""
        return list(self._asked("series", **{"match[]": selector}))

    def _asked(self, what: str, **params: str) -> Any:
        reply = httpx.get(f"{self.url}/api/v1/{what}", params=params, timeout=5).json()
        assert reply["status"] == "success", f"{params}: {reply.get('error')}"
        return reply["data"]


def impatient(text):
    """Return the rules with seconds to wait where they have minutes and hours.

    Those on what a diagnosis says stay as they are: their times are those of diagnoses.
    """
    document = yaml.safe_load(text)
    for group in document["groups"]:
        for rule in group["rules"]:
            if "kdiag_check_" not in rule["expr"]:
                rule["for"] = "3s"
            if "keep_firing_for" in rule:
                rule["keep_firing_for"] = "1s"
            rule["expr"] = rule["expr"].replace("[10m]", "[20s]")
    return yaml.safe_dump(document)
