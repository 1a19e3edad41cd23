import gzip
import zlib

import pytest

from kdiag.exporter.web.compression import Packed

LONG = b"kdiag_lag_records 3\n" * 20_000


@pytest.mark.parametrize(("first", "second"), [(LONG, b"kdiag_up 1\n"), (b"", b""), (b"a", LONG)])
def test_two_parts_are_one_file_with_its_checksum(first, second):
    assert gzip.decompress(Packed.of(first).followed_by(second)) == first + second


def test_a_client_that_reads_one_member_reads_all():
    packed = Packed.of(LONG).followed_by(b"kdiag_up 1\n")
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)

    assert reader.decompress(packed) == LONG + b"kdiag_up 1\n"
    assert reader.eof
    assert reader.unused_data == b""
