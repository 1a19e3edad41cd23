"""One stay of a consumer in its group: what it does with each record, until it leaves."""

import math
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from confluent_kafka import Consumer

    from kdiag.lab.loads import Consume

_POLL_SECONDS = 0.2
_SEEK_SECONDS = 0.1
_FATAL = -150
"""RD_KAFKA_RESP_ERR__FATAL: what a fenced static member reads from its next poll."""


class Visit:
    """A consumer in its group, from its first poll to the one after which it leaves."""

    def __init__(self, consumer: "Consumer", load: "Consume", over: threading.Event) -> None:
        self._consumer, self._load, self._over = consumer, load, over
        self._read = 0
        self._worked: dict[tuple[str, int], int] = {}
        self._leaves_at = time.monotonic() + (load.stay_seconds or math.inf)
        self._resumes_at = math.inf
        self._commits_at = 0.0

    def run(self) -> bool:
        """Poll until the load or its end says stop; tell whether another took the instance id."""
        while not self._is_done():
            message = self._consumer.poll(_POLL_SECONDS)
            self._keep_time()
            if message is None:
                continue
            error = message.error()
            if error is None:
                self._work(message)
            elif error.code() == _FATAL:
                return True
        return False

    def _is_done(self) -> bool:
        is_late = time.monotonic() >= self._leaves_at
        return self._over.is_set() or is_late or self._read == self._load.stop_after

    def _keep_time(self) -> None:
        """Do what is due by the clock."""
        now, load = time.monotonic(), self._load
        if now >= self._resumes_at:
            self._consumer.resume(self._consumer.assignment())
            self._resumes_at = math.inf
        if load.commits_unchanged and load.commit_every_seconds and now >= self._commits_at:
            self._commit_again()
            self._commits_at = now + load.commit_every_seconds

    def _commit_again(self) -> None:
        from confluent_kafka import TopicPartition

        offsets = [TopicPartition(*key, offset) for key, offset in self._worked.items()]
        if offsets:
            self._consumer.commit(offsets=offsets, asynchronous=True)

    def _work(self, message: Any) -> None:
        load = self._load
        age_seconds = time.time() - message.timestamp()[1] / 1000
        self._over.wait(load.seconds_per_record + max(0.0, load.delay_seconds - age_seconds))
        first = load.poison_offset
        is_there = load.poison_partition in (None, message.partition())
        if first is not None and is_there and message.offset() >= first:
            self._seek_back(message, first)
            return
        self._read += 1
        self._worked[message.topic(), message.partition()] = message.offset() + 1
        self._store(message)
        if self._read == load.block_after:
            self._over.wait()
        if load.pause_after and self._read % load.pause_after == 0:
            self._consumer.pause(self._consumer.assignment())
            self._resumes_at = time.monotonic() + (load.pause_seconds or math.inf)

    def _store(self, message: Any) -> None:
        from confluent_kafka import KafkaException

        with suppress(KafkaException):  # the work took so long that another has the partition
            self._consumer.store_offsets(message)

    def _seek_back(self, message: Any, offset: int) -> None:
        from confluent_kafka import TopicPartition

        self._over.wait(_SEEK_SECONDS)
        self._consumer.seek(TopicPartition(message.topic(), message.partition(), offset))
