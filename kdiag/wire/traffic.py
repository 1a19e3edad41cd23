"""What went over the wire: the report's "24 requests, none of them a write"."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Traffic:
    """Requests by name of the API, and bytes of frames sent and received (inside TLS)."""

    requests: Counter[str] = field(default_factory=Counter)
    bytes_out: int = 0
    bytes_in: int = 0
