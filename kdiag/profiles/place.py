"""Where in a TOML file something stands, for the sentence that says what is wrong."""

import re
from dataclasses import dataclass

from kdiag.errors import UsageError


@dataclass(frozen=True)
class Place:
    """A table of a file; number: which of those with the same name, from 0; None for all."""

    file: str
    text: str
    table: str
    number: int | None = None

    def error(self, what: str, key: str | None = None) -> UsageError:
        """Return the error: file, line, table, and what is wrong."""
        line = self._line(key)
        where = self.file if line is None else f"{self.file}: line {line}"
        named = "" if self.number is None else f"[[{self.table}]] "
        return UsageError(f"{where}: {named}{what}")

    def _line(self, key: str | None) -> int | None:
        """Return the line of a key, or else of its table; None where it is written another way."""
        found, tables, is_here = None, -1, self.number is None
        for number, line in enumerate(self.text.splitlines(), 1):
            header = re.match(r"\s*\[+\s*([\w.-]+)", line)
            if header:
                tables += header[1] == self.table
                is_here = header[1] == self.table and self.number in (None, tables)
                if is_here and found is None:
                    found = number
            elif is_here and key and re.match(rf'\s*"?{re.escape(key)}"?\s*=', line):
                return number
            elif found is None and re.match(rf"\s*{re.escape(self.table)}\s*=", line):
                found = number
        return found
