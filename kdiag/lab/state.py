"""The directory of a lab: what is in it, how it is found again, how it is cleared."""

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kdiag.errors import LabError
from kdiag.lab.plan import Certificate, Node, Plan, random_id
from kdiag.lab.processes import kill_marked

_FILE = "lab.json"


def default_directory() -> Path:
    """Return where the lab of the command line keeps its state."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "kdiag" / "lab"


def temporary_directory() -> Path:
    """Return a new directory for a lab that lives as long as its process."""
    return Path(tempfile.mkdtemp(prefix="kdiag-lab-"))


@dataclass(frozen=True)
class State:
    """A lab as its directory describes it."""

    home: Path
    plan: Plan
    nodes: tuple[Node, ...]
    is_kept: bool
    lab_id: str = field(default_factory=random_id)
    cluster_id: str = field(default_factory=random_id)

    def node_home(self, id_: int) -> Path:
        """Return the directory of one node: configuration, log, pid, data."""
        return self.home / f"node-{id_}"

    def log_dirs(self, id_: int) -> list[Path]:
        """Return the log directories of one node; the last one is on its small disk, if any."""
        home, number = self.node_home(id_), self.plan.log_dirs
        paths = [home / ("data" if number == 1 else f"data-{n + 1}") for n in range(number)]
        small = self.plan.small_disks.get(id_, 0)
        return [*paths[: number - small], *(disk / "data" for disk in self.small_disks(id_))]

    def small_disks(self, id_: int) -> list[Path]:
        """Return where the small disks of one node are mounted."""
        number = self.plan.small_disks.get(id_, 0)
        return [self.node_home(id_) / f"disk-{n + 1}" for n in range(number)]

    def found_cluster_id(self) -> str:
        """Return the id of a cluster that was made by its brokers and not by the lab."""
        text = (self.log_dirs(1)[0] / "meta.properties").read_text(encoding="ascii")
        pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
        return dict(pairs)["cluster.id"]

    @property
    def tls(self) -> Path:
        """Return the directory of certificates and passwords."""
        return self.home / "tls"

    @property
    def load(self) -> Path:
        """Return the directory of the load processes' pids and logs."""
        return self.home / "load"

    @property
    def services(self) -> Path:
        """Return the directory of what stands around the brokers, each in one of its own."""
        return self.home / "services"

    @property
    def jmx(self) -> Path:
        """Return the directory of what JMX needs: passwords, keys, rules."""
        return self.home / "jmx"

    @property
    def broken(self) -> Path:
        """Return the directory that records which faults were injected."""
        return self.home / "broken"

    def save(self) -> None:
        """Write lab.json, readable by its owner only."""
        text = json.dumps({**asdict(self), "home": str(self.home)}, indent=1)
        file = self.home / _FILE
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")

    @classmethod
    def load_from(cls, home: Path) -> "State":
        """Read lab.json of a directory; raise LabError where there is no lab."""
        try:
            data = json.loads((home / _FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise LabError(f"There is no lab in {home}; start one with: kdiag lab up.") from error
        plan = data["plan"]
        overrides = {int(key): value for key, value in plan["broker_properties"].items()}
        plan |= {"broker_properties": overrides, "racks": tuple(plan["racks"])}
        flags, ahead = plan.get("node_flags", {}), plan.get("clocks_ahead", {})
        small = plan.get("small_disks", {})
        plan |= {"small_disks": {int(key): number for key, number in small.items()}}
        plan |= {"node_flags": {int(key): tuple(each) for key, each in flags.items()}}
        plan |= {"clocks_ahead": {int(key): float(each) for key, each in ahead.items()}}
        plan |= {"certificates": _certificates(plan.get("certificates", {}))}
        plan |= {"listeners": tuple(plan["listeners"]), "jmx": tuple(plan["jmx"])}
        plan |= {"services": tuple(plan.get("services", ()))}
        nodes = tuple(Node(**{**node, "roles": tuple(node["roles"])}) for node in data["nodes"])
        ids = {key: data[key] for key in ("lab_id", "cluster_id", "is_kept")}
        return cls(home, Plan(**plan), nodes, **ids)


def _certificates(saved: dict[str, Any]) -> dict[int, Certificate]:
    return {
        int(key): Certificate(**{**each, "hosts": tuple(each["hosts"])})
        for key, each in saved.items()
    }


def has_lab(home: Path) -> bool:
    """Tell whether a directory holds a lab, running or not."""
    return (home / _FILE).is_file()


def clear(home: Path) -> None:
    """End every process of a lab, unmount its disks, and remove its directory if not kept."""
    if not has_lab(home):
        return
    state = State.load_from(home)
    kill_marked(state.lab_id)
    unmount_below(home)
    if not state.is_kept:
        remove(home)


def remove(home: Path) -> None:
    """Remove the directory of a lab whose processes have ended."""
    unmount_below(home)
    shutil.rmtree(home, ignore_errors=True)


def unmount_below(home: Path) -> None:
    """Unmount the disks that were mounted for a lab."""
    for disk in mounted_below(home):
        subprocess.run(["umount", "--lazy", disk], check=False)  # noqa: S603, S607


def mounted_below(home: Path) -> list[str]:
    """Return the mount points below a directory."""
    lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    points = (line.split()[1] for line in lines)
    return [point for point in points if Path(point).is_relative_to(home)]


def mount_small_disk(directory: Path, mebibytes: int) -> None:
    """Mount a small file system in memory, which a fault can fill; needs root."""
    directory.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=0700", "kdiag-lab"]
    done = subprocess.run(  # noqa: S603
        [*command, str(directory)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise LabError(f"A small disk cannot be mounted (it needs root): {done.stderr.strip()}")
