"""What the probe connects and writes with: its settings, and the clients made of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kdiag.wire.librdkafka import as_librdkafka
from kdiag.wire.settings import ClientSettings

if TYPE_CHECKING:
    from confluent_kafka import Consumer, Producer
    from confluent_kafka.admin import AdminClient

_RETRY_SECONDS = 0.25
_RETRIED_RATIO = 0.75
_REQUEST_RATIO = 0.5
_RECONNECT_SECONDS = 1


@dataclass(frozen=True)
class Access:
    """Where the probe writes, and how long a record may take.

    settings: of client.properties, None without one. rate: records a second and partition.
    deadline_seconds: within which a record has to be acknowledged, and then read back.
    """

    bootstrap: str
    settings: ClientSettings | None
    topic: str
    group: str
    rate: float
    deadline_seconds: float

    def admin(self) -> "AdminClient":
        """Return a client that creates the topic."""
        from confluent_kafka.admin import AdminClient

        return AdminClient(self._common())

    def producer(self, on_statistics: Any) -> "Producer":
        """Return a producer of acknowledged, idempotent, single records.

        It tries again for less than the deadline: then the error is the broker's own, and not only
        that the time is over.
        """
        from confluent_kafka import Producer

        retries = max(1, int(self.deadline_seconds * _RETRIED_RATIO / _RETRY_SECONDS))
        return Producer(
            self._common()
            | {
                "acks": "all",
                "enable.idempotence": True,
                "linger.ms": 0,
                "delivery.timeout.ms": _milliseconds(self.deadline_seconds),
                "request.timeout.ms": _milliseconds(self.deadline_seconds * _REQUEST_RATIO),
                "retries": retries,
                "retry.backoff.ms": _milliseconds(_RETRY_SECONDS),
                "retry.backoff.max.ms": _milliseconds(_RETRY_SECONDS),
                "allow.auto.create.topics": False,
                "statistics.interval.ms": 1000,
                "stats_cb": on_statistics,
            }
        )

    def consumer(self) -> "Consumer":
        """Return a consumer that joins nothing, and starts nowhere unless it is told where."""
        from confluent_kafka import Consumer

        return Consumer(
            self._common()
            | {
                "group.id": self.group,
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "auto.offset.reset": "error",
                "allow.auto.create.topics": False,
            }
        )

    def _common(self) -> dict[str, Any]:
        """Return what all clients have; they print nothing when a broker is away."""
        return {
            **as_librdkafka(self.settings or ClientSettings()),
            "bootstrap.servers": self.bootstrap,
            "socket.timeout.ms": _milliseconds(self.deadline_seconds),
            "reconnect.backoff.max.ms": _milliseconds(_RECONNECT_SECONDS),
            "topic.metadata.refresh.interval.ms": _milliseconds(self.deadline_seconds),
            "log_level": 0,
            "error_cb": _ignore,
        }


def _milliseconds(seconds: float) -> int:
    return max(10, round(seconds * 1000))


def _ignore(_error: object) -> None:
    """Stand in for the default, which prints to standard error; records tell what fails."""
