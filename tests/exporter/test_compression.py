import gzip
import zlib

import pytest

from kdiag.exporter.web.compression import deflated, gzipped

TEXTS = [b"own 1\n" * 50, b"kdiag_lag_records 3\n" * 20_000, b"# EOF\n"]


@pytest.mark.parametrize("parts", [TEXTS, [b"", b"", b""], [b"a", b"b" * 100_000, b""]])
def test_parts_are_one_file_with_its_checksum(parts):
    first, second, third = parts

    packed = gzipped([(first, None), (second, deflated(second)), (third, None)])

    assert gzip.decompress(packed) == b"".join(parts)


def test_a_client_that_reads_one_member_reads_all():
    packed = gzipped([(text, None) for text in TEXTS])
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)

    assert reader.decompress(packed) == b"".join(TEXTS)
    assert reader.eof
    assert reader.unused_data == b""
