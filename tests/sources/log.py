"""A small encoder of what lies in `__consumer_offsets`: batches, keys and values."""

import gzip
import struct
import uuid

import cramjam
from crc32c import crc32c

GZIP, SNAPPY, LZ4, ZSTD = 1, 2, 3, 4
ABORT, COMMIT = 0, 1
T0 = 1_700_000_000_000


def unsigned(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def zigzag(number):
    return unsigned((number << 1) ^ (number >> 63) if number < 0 else number << 1)


def sized(data):
    return zigzag(-1) if data is None else zigzag(len(data)) + data


def record(delta, key, value, time_delta=0, headers=()):
    body = b"\0" + zigzag(time_delta) + zigzag(delta) + sized(key) + sized(value)
    body += zigzag(len(headers)) + b"".join(sized(k) + sized(v) for k, v in headers)
    return zigzag(len(body)) + body


def xerial(data):
    half = len(data) // 2
    blocks = [bytes(cramjam.snappy.compress_raw(part)) for part in (data[:half], data[half:])]
    framed = b"".join(struct.pack(">i", len(block)) + block for block in blocks)
    return b"\x82SNAPPY\0" + struct.pack(">ii", 1, 1) + framed


CODECS = {
    0: lambda data: data,
    GZIP: gzip.compress,
    SNAPPY: lambda data: bytes(cramjam.snappy.compress_raw(data)),
    "xerial": xerial,
    LZ4: lambda data: bytes(cramjam.lz4.compress(data)),
    ZSTD: lambda data: bytes(cramjam.zstd.compress(data)),
}


def batch(
    base,
    records,
    codec=0,
    *,
    time=T0,
    max_time=None,
    attributes=0,
    producer=-1,
    delta=None,
    payload=None,
):
    """Records are (key, value) or (key, value, time delta); delta: last offset delta if gappy."""
    plain = b"".join(record(n, *each) for n, each in enumerate(records))
    payload = CODECS[codec](plain) if payload is None else payload
    checked = struct.pack(
        ">hiqqqhii",
        attributes | (SNAPPY if codec == "xerial" else codec),
        len(records) - 1 if delta is None else delta,
        time,
        time if max_time is None else max_time,
        producer,
        0 if producer >= 0 else -1,
        0 if producer >= 0 else -1,
        len(records),
    )
    rest = struct.pack(">ibI", 7, 2, crc32c(checked + payload)) + checked + payload
    return struct.pack(">qi", base, len(rest)) + rest


def marker(base, producer, kind):
    key, value = struct.pack(">hh", 0, kind), struct.pack(">hi", 0, 0)
    return batch(base, [(key, value)], attributes=0x30, producer=producer)


def text(value, flexible=False):
    if flexible:
        return b"\0" if value is None else unsigned(len(value.encode()) + 1) + value.encode()
    return b"\xff\xff" if value is None else struct.pack(">h", len(value.encode())) + value.encode()


def commit_key(group="g", topic="t", partition=0, type_=1):
    return struct.pack(">h", type_) + text(group) + text(topic) + struct.pack(">i", partition)


def commit_value(offset=5, at=T0, version=4, epoch=3, metadata="", topic_id=None, tags=()):
    flexible = version >= 4
    out = struct.pack(">hq", version, offset)
    if version >= 3:
        out += struct.pack(">i", epoch)
    out += text(metadata, flexible) + struct.pack(">q", at)
    if version == 1:
        out += struct.pack(">q", -1)
    if flexible:
        tagged = [(0, topic_id.bytes)] if topic_id else []
        tagged += tags
        out += unsigned(len(tagged))
        out += b"".join(unsigned(tag) + unsigned(len(data)) + data for tag, data in tagged)
    return out


def commit(group="g", topic="t", partition=0, **value):
    return commit_key(group, topic, partition), commit_value(**value)


def key(type_, *fields):
    return struct.pack(">h", type_) + b"".join(text(field) for field in fields)


def member(member_id, version=3, instance=None, client="c", host="/h", rebalance=60000):
    flexible = version >= 4
    out = text(member_id, flexible)
    if version >= 3:
        out += text(instance, flexible)
    out += text(client, flexible) + text(host, flexible)
    if version >= 1:
        out += struct.pack(">i", rebalance)
    out += struct.pack(">i", 45000)
    if flexible:
        return out + b"\x04abc" + b"\x01" + b"\0"
    return out + struct.pack(">i", 3) + b"abc" + struct.pack(">i", 0)


def group_value(generation, members=(), version=3, protocol="range", leader=None, since=T0):
    flexible = version >= 4
    out = struct.pack(">h", version) + text("consumer", flexible) + struct.pack(">i", generation)
    out += text(protocol, flexible) + text(leader, flexible)
    if version >= 2:
        out += struct.pack(">q", since)
    out += unsigned(len(members) + 1) if flexible else struct.pack(">i", len(members))
    return out + b"".join(members) + (b"\0" if flexible else b"")


def epoch_value(epoch, extra=b"\0"):
    return struct.pack(">hi", 0, epoch) + extra


def owned(*pairs, tags=b"\0"):
    out = unsigned(len(pairs) + 1)
    for name, partitions in pairs:
        out += name.bytes if isinstance(name, uuid.UUID) else text(name, True)
        out += unsigned(len(partitions) + 1) + struct.pack(f">{len(partitions)}i", *partitions)
        out += tags
    return out
