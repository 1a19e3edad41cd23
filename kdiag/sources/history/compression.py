"""The codecs of record batches (org.apache.kafka.common.record.CompressionType)."""

import struct
import zlib

_GZIP, _SNAPPY, _LZ4, _ZSTD = 1, 2, 3, 4
_XERIAL = b"\x82SNAPPY\x00"
_XERIAL_HEADER = 16  # the magic, then two int32: version, oldest compatible version
_LARGEST = 1 << 28  # bytes; a batch is 1 MiB by default, so a larger claim is damage


class Undecodable(Exception):
    """The bytes are not what the codec makes, or the codec is not known."""


def decompressed(codec: int, data: bytes) -> bytes:
    """Return the records of a batch. Raises Undecodable."""
    if codec == 0:
        return data
    import cramjam

    try:
        match codec:
            case 1:
                return _gunzipped(data)
            case 2:
                return _unsnapped(data)
            case 3:
                return bytes(cramjam.lz4.decompress(data))
            case 4:
                return bytes(cramjam.zstd.decompress(data))
    except (cramjam.DecompressionError, zlib.error, struct.error, ValueError, MemoryError) as error:
        raise Undecodable(str(error)) from error
    raise Undecodable(f"codec {codec} is not known")


def _gunzipped(data: bytes) -> bytes:
    stream = zlib.decompressobj(wbits=31)
    plain = stream.decompress(data, _LARGEST)
    if not stream.eof:
        raise Undecodable("the gzip stream has no end")
    return plain


def _unsnapped(data: bytes) -> bytes:
    """Return the bytes of a raw block, or of blocks framed as Java's snappy library does."""
    if not data.startswith(_XERIAL):
        return _block(data)
    parts, at = [], _XERIAL_HEADER
    while at < len(data):
        (size,) = struct.unpack_from(">i", data, at)
        at += 4
        if size < 0 or at + size > len(data):
            raise Undecodable("a snappy block ends early")
        parts.append(_block(data[at : at + size]))
        at += size
    return b"".join(parts)


def _block(data: bytes) -> bytes:
    import cramjam

    if cramjam.snappy.decompress_raw_len(data) > _LARGEST:
        raise Undecodable("a snappy block claims an impossible size")
    return bytes(cramjam.snappy.decompress_raw(data))
