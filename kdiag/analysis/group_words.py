"""What checks of groups have in common to say, of their lag and of their members."""

from collections.abc import Mapping
from typing import Any

from kdiag.finding import Action


def known(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers of a verdict that are known, fractions to a tenth; NaN is not known."""
    return {key: _rounded(value) for key, value in found.items() if value == value}


def _rounded(value: Any) -> Any:
    return round(value, 1) if isinstance(value, float) else value


def describe_action(group: str, text: str) -> Action:
    """Return an action whose command shows a group with its members."""
    return Action(
        text,
        "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --describe "
        "--group {group} --members --verbose",
        values={"group": group},
    )
