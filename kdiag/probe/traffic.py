"""Records that are written, read back and committed, until it is said that it is enough.

Writing, reading and committing have a thread and a client each: a broker or coordinator that does
not answer holds up its own part only (and a consumer that polls in one thread keeps a commit in
another one waiting, confluent-kafka 2.16). Nothing here waits for a broker without a limit.
"""

import json
import logging
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from kdiag.probe.access import Access
from kdiag.probe.latencies import Latencies
from kdiag.probe.ledger import Ledger
from kdiag.probe.placement import Place
from kdiag.probe.record import Mark, read, written

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.1
_COMMIT_SECONDS = 1.0
_CLOSE_SECONDS = 1.0
_NO_ANSWER = "NO_ANSWER"


class Traffic:
    """What one run writes and reads; `ledger` has what became of it, under `lock`.

    commits, failed_commits: of the group, how long they took, and error → how many failed.
    read_errors: error → how often it came in place of a record.
    """

    def __init__(self, access: Access, keeps_all: bool = False) -> None:
        self.run_id = uuid.uuid4().hex
        self.lock = threading.Lock()
        self.ledger = Ledger(access.deadline_seconds, keeps_all)
        self.commits = Latencies(keeps_all)
        self.failed_commits: Counter[str] = Counter()
        self.read_errors: Counter[str] = Counter()
        self._access = access
        self._leaders: dict[int, int] = {}
        self._positions: dict[int, int] = {}
        self._offered: dict[int, int] = {}
        self._first_offsets: SimpleQueue[tuple[int, int]] = SimpleQueue()
        self._assigned: set[int] = set()
        self._committing_since: float | None = None
        self._ended = threading.Event()
        self._producer = access.producer(self._learn_leaders)
        self._reader, self._committer = access.consumer(), access.consumer()
        self._threads = [
            threading.Thread(target=target, daemon=True) for target in (self._read, self._commit)
        ]
        for thread in self._threads:
            thread.start()

    def send(self, places: Iterable[Place]) -> None:
        """Send a record to each partition, without waiting for what becomes of it."""
        for place in places:
            self._send(place)

    def wait(self, seconds: float) -> None:
        """Let that much time pass, and hear what became of records."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._producer.poll(min(left, _POLL_SECONDS))
        self._producer.poll(0)

    def settle(self) -> bool:
        """Decide what is lost by now; tell whether nothing is open, and what was read committed."""
        now = time.monotonic()
        with self.lock:
            self.ledger.settle(now)
            since = self._committing_since
            if since is not None and now - since > self._access.deadline_seconds:
                self.failed_commits[_NO_ANSWER] += 1
                self._committing_since = now
            return self.ledger.is_settled(now) and self._offered == self._positions

    def give_up(self) -> None:
        """Let all records fail that are not answered yet."""
        with self.lock:
            self.ledger.give_up(_NO_ANSWER)

    def close(self) -> None:
        """Write and read no more; what does not end within seconds is left behind."""
        self._ended.set()
        until = time.monotonic() + _CLOSE_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._producer.purge()
        closing = threading.Thread(target=self._close_consumers, daemon=True)
        closing.start()
        closing.join(_CLOSE_SECONDS)

    def _close_consumers(self) -> None:
        self._reader.close()
        self._committer.close()

    def _send(self, place: Place) -> None:
        from confluent_kafka import KafkaException

        leader = self._leaders.get(place.partition, place.leader)
        broker = place.home if leader is None or leader < 0 else leader
        now = time.monotonic()
        with self.lock:
            sequence = self.ledger.sent(place.partition, broker)
        try:
            self._producer.produce(
                self._access.topic,
                written(self.run_id, Mark(sequence, now)),
                partition=place.partition,
                on_delivery=partial(self._delivered, place.partition, sequence),
            )
        except BufferError:
            with self.lock:
                self.ledger.failed(place.partition, sequence, "_QUEUE_FULL")
        except KafkaException as error:
            self._renew(error.args[0].name())

    def _renew(self, error: str) -> None:
        """Take a new producer in place of one that has given up for good (a fatal error)."""
        log.debug("the producer has given up: %s", error)
        with self.lock:
            self.ledger.give_up(error)
        self._producer.purge()
        self._producer = self._access.producer(self._learn_leaders)

    def _delivered(self, partition: int, sequence: int, error: Any, message: Any) -> None:
        with self.lock:
            if error is not None:
                self.ledger.failed(partition, sequence, error.name())
                return
            now = time.monotonic()
            self.ledger.acknowledged(partition, sequence, message.latency(), now)
        if partition not in self._assigned:
            self._assigned.add(partition)
            self._first_offsets.put((partition, message.offset()))

    def _learn_leaders(self, text: str) -> None:
        """Take the leaders that the producer knows from its statistics."""
        topic = json.loads(text)["topics"].get(self._access.topic, {"partitions": {}})
        self._leaders |= {
            int(number): each["leader"]
            for number, each in topic["partitions"].items()
            if int(number) >= 0
        }

    def _read(self) -> None:
        while not self._ended.is_set():
            self._assign()
            message: Any = self._reader.poll(_POLL_SECONDS)
            if message is None:
                continue
            if message.error() is not None:
                self._cannot_read(message)
                continue
            now, partition = time.monotonic(), message.partition()
            mark = read(self.run_id, message.value())
            with self.lock:
                self._positions[partition] = message.offset() + 1
                if mark is not None:
                    self.ledger.received(partition, mark.sequence, now - mark.sent_at)

    def _assign(self) -> None:
        """Begin to read a partition where its first acknowledged record is.

        So nothing depends on a committed offset, or on a reset to the start or the end.
        """
        from confluent_kafka import TopicPartition

        try:
            partition, offset = self._first_offsets.get_nowait()
        except Empty:
            return
        where = TopicPartition(self._access.topic, partition, offset)
        self._reader.incremental_assign([where])

    def _cannot_read(self, message: Any) -> None:
        """Begin anew, at the next record, where a log does not go as far as it was read."""
        from confluent_kafka import KafkaError, TopicPartition

        error, partition = message.error(), message.partition()
        log.debug("partition %s cannot be read: %s", partition, error.str())
        with self.lock:
            self.read_errors[error.name()] += 1
        if error.code() == KafkaError._AUTO_OFFSET_RESET and partition in self._assigned:
            self._reader.incremental_unassign([TopicPartition(self._access.topic, partition)])
            self._assigned.discard(partition)

    def _commit(self) -> None:
        pause = max(_COMMIT_SECONDS, 1 / self._access.rate)
        while not self._ended.wait(pause):
            with self.lock:
                positions = dict(self._positions)
            if positions != self._offered:
                self._commit_once(positions)

    def _commit_once(self, positions: dict[int, int]) -> None:
        from confluent_kafka import KafkaException, TopicPartition

        offsets = [TopicPartition(self._access.topic, *each) for each in positions.items()]
        began = time.monotonic()
        with self.lock:
            self._committing_since = began
        try:
            told = self._committer.commit(offsets=offsets, asynchronous=False)
            failures = [each.error.name() for each in told or () if each.error is not None]
        except KafkaException as error:
            failures = [error.args[0].name()]
        took = time.monotonic() - began
        with self.lock:
            self._committing_since, self._offered = None, positions
            if took > self._access.deadline_seconds:
                return  # it was counted when its time was over
            if failures:
                self.failed_commits[failures[0]] += 1
            else:
                self.commits.add(took)
