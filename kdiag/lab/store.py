"""An object store in a lab: moto's S3, in memory, on loopback, which takes any credentials."""

import importlib.util
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kdiag.errors import LabError
from kdiag.lab.plan import HOST
from kdiag.lab.service import Service

if TYPE_CHECKING:
    from kdiag.lab.lab import Lab

SINK = "org.apache.camel.kafkaconnector.CamelSinkConnector"
BUCKET = "datalake"
_BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter"
_KEY = "keyName=${date:now:yyyyMMdd-HHmmssSSS}-${exchangeId}"


def start(lab: "Lab") -> None:
    """Start the store, with a bucket."""
    lab.store.start()
    lab.store.make_bucket()


@dataclass(frozen=True)
class Store:
    """The object store of a lab."""

    lab: "Lab"

    @property
    def service(self) -> Service:
        """Return its process."""
        return Service.of(self.lab.state, "s3")

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        if importlib.util.find_spec("moto") is None:
            raise LabError("The lab needs moto; install it with: pip install 'moto[s3,server]'.")
        service = self.service
        command = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(service.port)]
        service.launch(command, dict(os.environ))
        service.wait(lambda: self._status("GET", "/") == 200)

    def make_bucket(self) -> None:
        """Make the bucket; it is there already where the store answers 409."""
        if self._status("PUT", f"/{BUCKET}") not in (200, 409):
            raise LabError(f"The object store makes no bucket: see {self.service.log_file}")

    def lose(self) -> None:
        """Start it anew: what was in memory is gone, the bucket with it."""
        self.service.shutdown()
        self.start()

    def objects(self) -> int:
        """Return how many objects the bucket has, a thousand at most."""
        answer = self.service.ask("GET", f"/{BUCKET}")
        return 0 if answer is None else answer.text.count("<Key>")

    def sink(self, connector: str, topic: str) -> None:
        """Let a connector write each record of a topic to the bucket."""
        where = f"overrideEndpoint=true&uriEndpointOverride={self.service.url}&{_KEY}"
        self.lab.connect.configure(
            connector,
            {
                "connector.class": SINK,
                "tasks.max": "1",
                "topics": topic,
                "key.converter": _BYTES,
                "value.converter": _BYTES,
                "camel.sink.url": f"aws2-s3://{BUCKET}?accessKey=lab&secretKey=RAW(lab)"
                f"&region=us-east-1&{where}",
            },
        )
        self.lab.connect.wait_state(connector, "RUNNING")

    def _status(self, method: str, path: str) -> int:
        """Return the HTTP status of an answer, 0 without one."""
        answer = self.service.ask(method, path)
        return 0 if answer is None else answer.status_code
