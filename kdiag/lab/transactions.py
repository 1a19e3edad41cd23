"""Transactions of a lab, as faults need them."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from kdiag.errors import LabError
from kdiag.lab.clients import quiet, topic_metadata
from kdiag.lab.lab import Lab
from kdiag.lab.peer import Peer
from kdiag.lab.waiting import wait_until

_TRANSACTIONAL = 0x10  # attribute of a batch
_VERIFICATION = "transaction.partition.verification.enable"


def transact(lab: Lab, topic: str, records: int, transactional_id: str) -> None:
    """Write records to partition 0 of a topic in one transaction, and commit it."""
    from confluent_kafka import Producer

    producer = Producer(quiet(lab.bootstrap, **{"transactional.id": transactional_id}))
    producer.init_transactions(60)
    producer.begin_transaction()
    for number in range(records):
        producer.produce(topic, str(number), partition=0)
    producer.commit_transaction(60)


def append_late(lab: Lab, topic: str, transactional_id: str) -> None:
    """Append a record of a transaction that is over, as a delayed request could before KIP-890.

    Brokers since 3.6 ask the coordinator first, so they are told not to, for this record.
    """
    producer_id = _producer_id(lab, transactional_id)
    with _unverified(lab):
        wait_until(
            lambda: _append(lab, topic, transactional_id, producer_id),
            f"topic {topic} takes a late record of {transactional_id}",
        )


def _producer_id(lab: Lab, transactional_id: str) -> int:
    """Return the producer id that a coordinator lists for a transactional id."""
    from kio.schema.list_transactions.v0.request import ListTransactionsRequest

    asked = ListTransactionsRequest(state_filters=(), producer_id_filters=())
    for broker in lab.brokers.values():
        with Peer(broker.bootstrap, "lab") as peer:
            for row in peer.ask(asked).transaction_states:
                if row.transactional_id == transactional_id:
                    return int(row.producer_id)
    raise LabError(f"No coordinator lists transactional id {transactional_id}.")


@contextmanager
def _unverified(lab: Lab) -> Iterator[None]:
    """Have the brokers take records of transactions without asking whether they are open."""
    try:
        for id_ in lab.brokers:
            lab.alter_config("broker", str(id_), {_VERIFICATION: "false"})
        yield
    finally:
        for id_ in lab.brokers:
            lab.alter_config("broker", str(id_), {_VERIFICATION: None})


def _append(lab: Lab, topic: str, transactional_id: str, producer_id: int) -> bool:
    """Write one record to partition 0; tell whether it was taken."""
    from kio.schema.produce.v9 import request as v9
    from kio.schema.types import TopicName, TransactionalId
    from kio.static.primitive import Records, i16, i32, i32Timedelta

    data = v9.PartitionProduceData(index=i32(0), records=Records(_late_batch(producer_id)))
    asked = v9.ProduceRequest(
        transactional_id=TransactionalId(transactional_id),
        acks=i16(-1),
        timeout=i32Timedelta.parse(timedelta(seconds=5)),
        topic_data=(v9.TopicProduceData(name=TopicName(topic), partition_data=(data,)),),
    )
    leader = topic_metadata(lab.admin(), topic).partitions[0].leader
    with Peer(lab.brokers[leader].bootstrap, "lab") as peer:
        answer = peer.ask(asked)
    return int(answer.responses[0].partition_responses[0].error_code) == 0


def _late_batch(producer_id: int) -> bytes:
    """Return a batch of one record of the producer's first epoch, as part of a transaction."""
    from kio.records.schema import NewRecordBatch, Record
    from kio.records.writers import write_new_batch
    from kio.static.primitive import TZAwareMicros, i8, i16, i32, i64

    now = TZAwareMicros.parse(datetime.now(UTC))
    record = Record(
        attributes=i8(0), timestamp=now, offset=i64(0), key=None, value=b"late", headers=()
    )
    batch = NewRecordBatch(
        producer_id=i64(producer_id),
        producer_epoch=i16(0),
        base_sequence=i32(0),
        records=(record,),
        attributes=i16(_TRANSACTIONAL),
    )
    buffer = io.BytesIO()
    write_new_batch(buffer, batch)
    return buffer.getvalue()
