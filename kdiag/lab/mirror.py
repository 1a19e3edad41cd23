"""MirrorMaker 2 in a lab: a process that copies a cluster of one broker into the brokers.

The source is a cluster of its own: a mirror of a cluster into itself copies its heartbeats round
and round. It is a lab within the lab, and ends with it. MirrorMaker runs on its own jars.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kdiag.lab import clients
from kdiag.lab.compiling import locked
from kdiag.lab.java import Runtime
from kdiag.lab.properties import render
from kdiag.lab.service import Service
from kdiag.lab.waiting import wait_until

if TYPE_CHECKING:
    from kdiag.lab.lab import Lab

SOURCE, TARGET = "west", "east"
"""Aliases of the cluster that is read and of the brokers of the lab; topic T becomes west.T."""

HEARTBEATS = f"{SOURCE}.heartbeats"

_MAIN = "org.apache.kafka.connect.mirror.MirrorMaker"
_FLAGS = ("-Xmx128m",)
_BEATS, _HOUR_SECONDS = 7000, 3500
"""Heartbeats that the source begins with, as if it had been mirrored for the last hour."""


def start(lab: "Lab") -> None:
    """Start the source and MirrorMaker, and wait until heartbeats arrive."""
    lab.mirror.start_source()
    lab.mirror.start()


@dataclass(frozen=True)
class Mirror:
    """The mirror into a lab, and the cluster that it reads."""

    lab: "Lab"

    @property
    def service(self) -> Service:
        """Return the process of MirrorMaker; its address is that of the source."""
        return Service.of(self.lab.state, "mirror")

    @property
    def source(self) -> "Lab":
        """Return the cluster that is read."""
        return type(self.lab).attach(self._source_home)

    @property
    def _source_home(self) -> Path:
        return self.lab.home / "mirror-source"

    def start_source(self) -> None:
        """Start the cluster that is read, with the heartbeats of an hour."""
        port = self.service.port
        source = type(self.lab)(1, port=port, state_dir=self._source_home)
        source.start(detached=True, part_of=self.lab.state)
        source.create_topic("heartbeats", 1, configs={"cleanup.policy": "compact"})
        source.produce("heartbeats", _BEATS, key="lab", past_seconds=(_HOUR_SECONDS, 0))

    def start(self) -> None:
        """Start MirrorMaker, or start it again, and wait until heartbeats arrive."""
        service = self.service
        service.home.mkdir(parents=True, exist_ok=True)
        file = service.home / "mm2.properties"
        file.write_text(render(self._properties()), encoding="utf-8")
        runtime = Runtime(self.lab.runtime.java, tuple(locked("mirror")))
        service.launch(runtime.command(_MAIN, str(file), flags=_FLAGS), runtime.environment({}))
        service.wait(lambda: self._end() > _BEATS)
        self.wait_beat()

    def stop(self) -> None:
        """Freeze MirrorMaker, after a heartbeat of its own has come."""
        self.wait_beat()
        if (process := self.service.process) is not None:
            process.stop()

    def resume(self) -> None:
        """Let it go on, or start it again, and wait until heartbeats arrive."""
        if (process := self.service.process) is not None:
            process.cont()
        self.start()

    def wait_topic(self, name: str, count: int) -> None:
        """Wait until a topic of the source has so many records here."""
        topic = f"{SOURCE}.{name}"
        wait_until(lambda: self._end(topic) >= count, f"{topic} has {count} records", 90, 0.5)

    def wait_beat(self) -> None:
        """Wait until one more heartbeat arrives."""
        before = self._end()
        wait_until(lambda: self._end() > before, "a heartbeat arrives", 90, 0.2)

    def _end(self, topic: str = HEARTBEATS) -> int:
        """Return the end of a topic here, 0 where it is not there yet."""
        admin = self.lab.admin()
        return clients.end_records(admin, topic) if clients.is_led(admin, topic, 1) else 0

    def _properties(self) -> dict[str, str]:
        flow, copies = f"{SOURCE}->{TARGET}", str(min(3, self.lab.plan.brokers))
        topics = [f"{name}topic.replication.factor" for name in ("heartbeats.", "checkpoints.")]
        stores = [f"{kind}.storage.replication.factor" for kind in ("config", "offset", "status")]
        discovery = [f"{before}plugin.discovery" for before in ("", f"{SOURCE}.", f"{TARGET}.")]
        return {
            "clusters": f"{SOURCE},{TARGET}",
            f"{SOURCE}.bootstrap.servers": self.source.bootstrap,
            f"{TARGET}.bootstrap.servers": self.lab.bootstrap,
            f"{flow}.enabled": "true",
            f"{flow}.topics": ".*",
            f"{TARGET}->{SOURCE}.enabled": "false",  # its heartbeats are still written to SOURCE
            "refresh.topics.interval.seconds": "2",
            "offset-syncs.topic.replication.factor": "1",
            **dict.fromkeys(topics, "1"),
            **dict.fromkeys([f"{flow}.{key}" for key in ("replication.factor", *topics)], copies),
            **dict.fromkeys([f"{SOURCE}.{key}" for key in stores], "1"),
            **dict.fromkeys([f"{TARGET}.{key}" for key in stores], copies),
            **dict.fromkeys(discovery, "service_load"),  # else all jars are searched, 3 times
        }
