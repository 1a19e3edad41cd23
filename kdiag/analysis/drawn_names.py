"""Names of groups that a client drew for one run: no other run comes back to their offsets."""

import re

_DRAWN = re.compile(
    r"console-consumer-\d+|.*[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}.*", re.IGNORECASE
)


def is_drawn(name: str) -> bool:
    """Tell whether a group has the name that Kafka's ConsoleConsumer draws, or a UUID in it."""
    return _DRAWN.fullmatch(name) is not None
