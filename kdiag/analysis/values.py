"""Values of tables as plain Python values."""

from typing import Any


def known(value: Any) -> int | None:
    """Return a whole number of a table as an int, None where it is not known (<NA>)."""
    import pandas

    return None if pandas.isna(value) else int(value)
