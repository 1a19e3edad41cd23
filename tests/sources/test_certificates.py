"""What is read out of a certificate, and which hosts it is for."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from kdiag.sources.certificates import certificate, fits

AUTHORITY = trustme.CA()
DAY = timedelta(days=1)


def chain_of(issued):
    return [ssl.PEM_cert_to_DER_cert(blob.bytes().decode()) for blob in issued.cert_chain_pems]


def test_time_and_names_are_read():
    now = datetime.now(UTC).replace(microsecond=0)
    issued = AUTHORITY.issue_cert(
        "kafka1.example", "10.0.0.1", not_before=now - DAY, not_after=now + 5 * DAY
    )

    found = certificate(chain_of(issued))

    assert (found.not_before, found.not_after) == (now - DAY, now + 5 * DAY)
    assert found.names == ("kafka1.example", "10.0.0.1")
    assert found.chain_not_after is None


def test_the_first_end_of_the_authorities_is_read():
    below = AUTHORITY.create_child_ca()

    found = certificate(chain_of(below.issue_cert("kafka1.example")))

    assert found.chain_not_after is not None


def test_one_that_never_ends_is_within_what_tables_hold():
    issued = AUTHORITY.issue_cert("a.example", not_after=datetime(9999, 12, 31, tzinfo=UTC))

    assert certificate(chain_of(issued)).not_after == datetime(2260, 1, 1, tzinfo=UTC)


def test_what_is_no_certificate_is_refused():
    with pytest.raises(ValueError, match="asn1"):
        certificate([b"\0\1"])


@pytest.mark.parametrize(
    ("host", "names", "is_fit"),
    [
        ("kafka1.example", ("Kafka1.Example",), True),
        ("kafka1.example.", ("kafka1.example",), True),
        ("kafka1.eu.example", ("*.eu.example",), True),
        ("a.kafka1.eu.example", ("*.eu.example",), False),
        ("eu.example", ("*.eu.example",), False),
        ("kafka2.example", ("kafka1.example", "localhost"), False),
        ("10.0.0.1", ("10.0.0.1",), True),
        ("10.0.0.1", ("*.0.0.1",), False),
        ("::1", ("::1",), True),
        ("kafka1.example", (), False),
    ],
)
def test_a_host_fits_by_name_by_wildcard_or_by_address(host, names, is_fit):
    assert fits(host, names) is is_fit
