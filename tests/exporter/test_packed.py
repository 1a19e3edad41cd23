import gzip
import zlib

import pytest

from kdiag.exporter.packed import Packed, blocks, gzipped

LONG = "kdiag_lag_records 3\n" * 20_000


@pytest.mark.parametrize(
    "texts", [[LONG, "kdiag_up 1\n"], ["", ""], [], ["ü", "", LONG, LONG, "b"], ["a", LONG]]
)
def test_texts_are_one_file_with_its_checksum(texts):
    packed = [Packed.of([text]) for text in texts]

    assert gzip.decompress(gzipped(packed)).decode() == "".join(texts)
    assert b"".join(blocks(packed)).decode() == "".join(texts)
    assert [each.length for each in packed] == [len(text.encode()) for text in texts]


def test_a_client_that_reads_one_member_reads_all():
    file = gzipped([Packed.of([LONG]), Packed.of(["kdiag_up 1\n"])])
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)

    assert reader.decompress(file).decode() == LONG + "kdiag_up 1\n"
    assert reader.eof
    assert reader.unused_data == b""


def test_a_text_may_come_in_pieces():
    pieces = [LONG, "", "kdiag_up 1\n"]

    assert Packed.of(pieces).lines == 20_001
    assert b"".join(Packed.of(pieces).pieces()).decode() == "".join(pieces)


def test_a_text_is_kept_small_and_read_some_at_a_time():
    packed = Packed.of([LONG] * 50)

    assert len(packed.data) < packed.length / 10
    assert max(map(len, packed.pieces())) < packed.length / 10
    assert max(map(len, blocks([packed] * 3))) < packed.length / 5
