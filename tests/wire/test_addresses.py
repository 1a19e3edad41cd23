import pytest

from kdiag.errors import UsageError
from kdiag.wire.addresses import Address, parse_addresses


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("b1:9092", [("b1", 9092)]),
        ("b1:9092, b2:9093 ,b1:9092,", [("b1", 9092), ("b2", 9093)]),
        ("b1", [("b1", 9092)]),
        ("[::1]:19092", [("::1", 19092)]),
        ("[fe80::1%eth0]:9092", [("fe80::1%eth0", 9092)]),
        ("SASL_SSL://b1.example.com:9093", [("b1.example.com", 9093)]),
        ("10.0.0.1:1", [("10.0.0.1", 1)]),
    ],
)
def test_addresses(text, addresses):
    assert list(parse_addresses(text)) == addresses


@pytest.mark.parametrize(
    "text",
    ["", " , ", "b1:", ":9092", "b1:port", "::1", "b1:0", "b1:65536", "http://b1:9092", "a b:1"],
)
def test_bad_addresses_are_usage_errors(text):
    with pytest.raises(UsageError, match="bootstrap server"):
        parse_addresses(text)


def test_ipv6_is_written_in_brackets():
    assert str(Address("::1", 9092)) == "[::1]:9092"
