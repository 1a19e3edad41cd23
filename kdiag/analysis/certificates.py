"""Certificates of the brokers: how much of their life is left, and whom they fit."""

import math
from datetime import datetime
from typing import Any

from kdiag.check import derive
from kdiag.finding import NotApplicable
from kdiag.sections import Listeners
from kdiag.snapshot import Missing, Table

_MESH_SECONDS = 3 * 86400.0
"""Life of what only a machine issues: by default SPIRE's for 1 h, Istio's for 24 h."""


class Certificates(Table):
    """One row a listener whose certificate was read.

    left_seconds: until its end, or that of an authority sent along, if that is sooner; negative
    where it is over. starts_in_seconds: until it begins, negative where it has. life_seconds: the
    longest life of a certificate on this listener of any broker: one that was made to last shorter
    than its peers is judged as they are, unless it lives for days only, as no person makes them;
    without bound for an authority. is_of_chain: the sooner end is that of an authority.
    """

    noun = "certificates"
    columns = {
        "broker": "int",
        "name": "str",
        "host": "str",
        "port": "int",
        "not_after": "time",
        "left_seconds": "float",
        "starts_in_seconds": "float",
        "life_seconds": "float",
        "is_of_chain": "bool",
        "names": "object",
        "is_misnamed": "bool",
    }


@derive()
def certificates(listeners: Listeners) -> Certificates | NotApplicable:
    """Compare what listeners showed with the time of reading."""
    rows = listeners.rows[listeners.rows["protocol"].str.endswith("SSL")]
    if rows.empty and not listeners.errors:
        return NotApplicable("no listener has TLS")
    shown = rows[rows["trouble"].isna() & rows["tls_not_after"].notna()]
    life = (shown["tls_not_after"] - shown["tls_not_before"]).dt.total_seconds()
    longest = life.groupby(shown["name"]).transform("max").where(life > _MESH_SECONDS, life)
    unread = {
        f"listener {row.name} of broker {row.broker}": Missing(row.trouble or "it was not asked")
        for row in rows.drop(shown.index).itertuples()
    }
    return Certificates.from_rows(
        [_row(row, float(longest[row.Index]), listeners.read_at) for row in shown.itertuples()],
        errors=unread,
    )


def _row(row: Any, life_seconds: float, now: datetime) -> dict[str, Any]:
    import pandas

    is_of_chain = pandas.notna(row.tls_chain_not_after) and (
        row.tls_chain_not_after < row.tls_not_after
    )
    end = row.tls_chain_not_after if is_of_chain else row.tls_not_after
    return {
        "broker": row.broker,
        "name": row.name,
        "host": row.host,
        "port": row.port,
        "not_after": end,
        "left_seconds": (end - now).total_seconds(),
        "starts_in_seconds": (row.tls_not_before - now).total_seconds(),
        "life_seconds": math.inf if is_of_chain else life_seconds,
        "is_of_chain": is_of_chain,
        "names": row.tls_names or (),
        "is_misnamed": row.is_advertised and not row.tls_names_fit,
    }
