r"""The format of java.util.Properties."""

import pytest

from kdiag.errors import UsageError
from kdiag.wire.properties import load, parse


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a=1", {"a": "1"}),
        ("a = 1 ", {"a": "1 "}),
        ("a:1", {"a": "1"}),
        ("a 1", {"a": "1"}),
        ("a\t:\t1", {"a": "1"}),
        ("a", {"a": ""}),
        ("a=", {"a": ""}),
        ("a==1", {"a": "=1"}),
        ("a=b=c", {"a": "b=c"}),
        ("  a=1", {"a": "1"}),
        ("# a=1\n! b=2\n   # c=3\n\nd=4", {"d": "4"}),
        ("a=1\r\nb=2\rc=3", {"a": "1", "b": "2", "c": "3"}),
        ("a=1\na=2", {"a": "2"}),
        ("a=1 \\\n   2", {"a": "1 2"}),
        ("a=1\\\n# no comment", {"a": "1# no comment"}),
        ("a=1\\\\\nb=2", {"a": "1\\", "b": "2"}),
        ("a=1\\\\\\\nb=2", {"a": "1\\b=2"}),
        ("a=1\\", {"a": "1"}),
        (r"a\=b\:c\ d=1", {"a=b:c d": "1"}),
        (r"a=\u00e9\u20AC", {"a": "é€"}),
        (r"a=x\ny\tz\qw", {"a": "x\ny\tzqw"}),
        (r'a="quo\\"te"', {"a": r'"quo\"te"'}),
        ("a=1\\\n", {"a": "1"}),
        ("a\\\nb=1", {"ab": "1"}),
        ("a=caf\xe9", {"a": "caf\xe9"}),
    ],
)
def test_format(text, found):
    assert parse(text, "f") == found


@pytest.mark.parametrize("text", [r"a=1" + "\n" + r"b=\u12g4", "\n" + r"b=\u12"])
def test_a_malformed_escape_names_file_and_line(text):
    with pytest.raises(UsageError, match=r"^f: line 2 has a malformed \\uXXXX escape"):
        parse(text, "f")


def test_files_that_are_no_properties(tmp_path):
    file = tmp_path / "client.properties"
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        load(file)
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        load(tmp_path)
    for content in (b"", b"\n# only a comment\n"):
        file.write_bytes(content)
        with pytest.raises(UsageError, match="is empty; it should hold lines like"):
            load(file)
    file.write_bytes(b"\xfe\xed\xfe\xed\0\0\0\2")
    with pytest.raises(UsageError, match="not a properties file, but binary"):
        load(file)


def test_a_byte_order_mark_belongs_to_no_key(tmp_path):
    file = tmp_path / "client.properties"
    file.write_text("a=1", encoding="utf-8-sig")
    assert load(file) == {"a": "1"}
