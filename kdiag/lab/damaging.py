"""A batch whose bytes were changed on the way."""

import io
from datetime import UTC, datetime, timedelta

from kdiag.lab.peer import frame


def damaged_batch(topic: str) -> bytes:
    """Return a request that writes a record to partition 0, of which a byte is wrong."""
    from kio.schema.produce.v9 import request as v9
    from kio.schema.types import TopicName
    from kio.static.primitive import Records, i16, i32, i32Timedelta

    data = v9.PartitionProduceData(index=i32(0), records=Records(_changed(_batch())))
    asked = v9.ProduceRequest(
        transactional_id=None,
        acks=i16(-1),
        timeout=i32Timedelta.parse(timedelta(seconds=5)),
        topic_data=(v9.TopicProduceData(name=TopicName(topic), partition_data=(data,)),),
    )
    return frame(asked, 1, "lab-damaged")


def _batch() -> bytes:
    from kio.records.schema import NewRecordBatch, Record
    from kio.records.writers import write_new_batch
    from kio.static.primitive import TZAwareMicros, i8, i16, i32, i64

    now = TZAwareMicros.parse(datetime.now(UTC))
    record = Record(
        attributes=i8(0), timestamp=now, offset=i64(0), key=None, value=b"gate 4", headers=()
    )
    batch = NewRecordBatch(
        producer_id=i64(-1),
        producer_epoch=i16(-1),
        base_sequence=i32(-1),
        records=(record,),
        attributes=i16(0),
    )
    buffer = io.BytesIO()
    write_new_batch(buffer, batch)
    return buffer.getvalue()


def _changed(batch: bytes) -> bytes:
    """Return a batch whose last byte but one, of the value, is another."""
    return batch[:-2] + bytes([batch[-2] ^ 1]) + batch[-1:]
