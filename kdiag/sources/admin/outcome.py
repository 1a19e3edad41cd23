"""Replies and errors of many brokers, told apart; and errors as what is missing."""

from collections.abc import Mapping
from typing import Any

from kdiag.errors import Denied, KdiagError, Unsupported
from kdiag.snapshot import Missing
from kdiag.wire.error_codes import error_name, grant

NEWER_BROKER = "a newer broker"
"""What would supply what these brokers do not speak."""


def missing(error: KdiagError) -> Missing:
    """Return an error as what stands in place of an answer."""
    if isinstance(error, Denied):
        return Missing("not authorised", error.grant)
    if isinstance(error, Unsupported):
        return Missing(str(error), NEWER_BROKER)
    return Missing(str(error))


def missing_for(api: str, code: int, resource: str = "") -> Missing:
    """Return an error code of a reply as what stands in place of an answer."""
    needed = grant(api, code, resource)
    return Missing("not authorised" if needed else error_name(code), needed)


def split(answers: Mapping[int, Any]) -> tuple[dict[int, Any], dict[str, Missing]]:
    """Return the replies by broker, and `broker N` → what is missing for the others."""
    replies = {id_: reply for id_, reply in answers.items() if not isinstance(reply, KdiagError)}
    errors = {
        f"broker {id_}": missing(error)
        for id_, error in answers.items()
        if isinstance(error, KdiagError)
    }
    return replies, errors


def known(value: int) -> int | None:
    """Return a number of a reply, or None where Kafka says -1 for "not known"."""
    return None if value < 0 else value
