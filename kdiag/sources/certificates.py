"""What a certificate says: its time, and the names that it is for."""

from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, NamedTuple

_FIRST, _LAST = datetime(1700, 1, 1, tzinfo=UTC), datetime(2260, 1, 1, tzinfo=UTC)
"""What tables can hold; a certificate that never ends says 9999 (RFC 5280, 4.1.2.5)."""


class Certificate(NamedTuple):
    """A certificate of a listener. names: alternative names; else the common name, as it counts.

    chain_not_after: the earliest end among the other certificates that the listener sends.
    """

    not_before: datetime
    not_after: datetime
    names: tuple[str, ...]
    chain_not_after: datetime | None


def certificate(chain: Sequence[bytes]) -> Certificate:
    """Return what the first certificate of a chain in DER says.

    Raises: ValueError where one is none.
    """
    from cryptography.x509 import load_der_x509_certificate

    own, *others = (load_der_x509_certificate(each) for each in chain)
    ends = [_held(each.not_valid_after_utc) for each in others]
    return Certificate(
        _held(own.not_valid_before_utc),
        _held(own.not_valid_after_utc),
        _names(own),
        min(ends, default=None),
    )


def _held(time: datetime) -> datetime:
    return max(_FIRST, min(time, _LAST))


def _names(certificate: Any) -> tuple[str, ...]:
    """Return the names; without alternative ones the common name counts (RFC 2818, 3.1)."""
    from cryptography.x509 import DNSName, ExtensionNotFound, IPAddress, SubjectAlternativeName
    from cryptography.x509.oid import NameOID

    try:
        found = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    except ExtensionNotFound:
        common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return tuple(str(name.value) for name in common)
    hosts = [str(name) for name in found.get_values_for_type(DNSName)]
    return (*hosts, *(str(address) for address in found.get_values_for_type(IPAddress)))


def fits(host: str, names: Sequence[str]) -> bool:
    """Tell whether a host is one of the names; `*` stands for one whole label, the first.

    Source: RFC 6125, section 6.4.3; addresses only fit addresses.
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return any(_fits(host.lower().rstrip("."), name.lower().rstrip(".")) for name in names)
    return str(address) in names


def _fits(host: str, name: str) -> bool:
    if not name.startswith("*."):
        return host == name
    label, dot, rest = host.partition(".")
    return bool(label and dot) and rest == name[2:]
