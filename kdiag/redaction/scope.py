"""How names are replaced: each by kind where it stands alone, and wherever it stands in a text."""

from collections.abc import Callable
from dataclasses import dataclass

from kdiag.redaction.shapes import is_address

Rename = Callable[[str, str], str]
"""What is named, and its name → what stands in its place."""


@dataclass(frozen=True)
class Scope:
    """What replaces names and texts; reading which names there are replaces none.

    rename: a name of a kind. text: words of kdiag, of a broker or of the system, with names in
    them. drops: whether what may hold any name at all is left out.
    """

    rename: Rename
    text: Callable[[str], str]
    drops: bool = False

    def host(self, host: str) -> str:
        """Replace the name of a machine, or an IP address."""
        return self.rename("address" if is_address(host) else "host", host)
