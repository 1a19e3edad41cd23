"""Texts that a caller holds, and that no file could."""

import pytest

from kdiag.errors import UsageError
from kdiag.lint.reading import Asked, read_text


def test_half_a_character_is_no_text():
    with pytest.raises(UsageError, match=r"a\.properties: is not text: it has half a character"):
        read_text("client.id=\ud800\n", "a.properties", Asked())


def test_a_text_is_read_as_a_file_of_that_name():
    files = read_text("acks=1\r\n", "a.properties", Asked())

    assert files.paths == ("a.properties",)
