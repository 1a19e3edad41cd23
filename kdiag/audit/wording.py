"""How numbers of a report are written, in their units."""

from datetime import UTC, datetime

from kdiag.audit.blocks import Cell, Unit
from kdiag.wording import size, span

_DASH = "\u2013"  # en dash


def written(value: Cell, unit: Unit) -> str:
    """Return a cell as people read it; a dash for what is not known."""
    if value is None or value != value:
        return _DASH
    if isinstance(value, str):
        return moment(value) if unit == "time" else value
    match unit:
        case "bytes":
            return size(value)
        case "bytes_per_second":
            return f"{size(value)}/s"
        case "seconds":
            return span(value)
        case "ratio":
            return f"{value:.0%}"
        case "per_second":
            return f"{value:,.1f}/s" if value < 100 else f"{value:,.0f}/s"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")


def moment(text: str) -> str:
    """Return an ISO time to the minute, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
