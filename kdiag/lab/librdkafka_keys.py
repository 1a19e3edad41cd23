"""Prints what librdkafka says of its settings, and keeps it as a table of `kdiag.keys`.

The library inside confluent-kafka's wheel prints the page that its documentation has
(`rd_kafka_conf_properties_show`). `python -m kdiag.lab.librdkafka_keys TABLES` writes it anew.
"""

import ctypes
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kdiag.errors import LabError
from kdiag.lab.config_keys import written

_TYPE = re.compile(r"<br>\*Type: (.+?)\*")
_ALIAS = re.compile(r"^Alias for `(.+?)`")
_KINDS = {"integer": "int", "boolean": "boolean", "float": "double"}
_CELLS = 6


def printed() -> tuple[str, str]:
    """Return the version of the library, and its page.

    Raises LabError where the wheel of confluent-kafka has no library beside it.
    """
    import confluent_kafka

    home = Path(confluent_kafka.__file__).parent.parent / "confluent_kafka.libs"
    found = sorted(home.glob("librdkafka*"))
    if not found:
        raise LabError("confluent-kafka has no librdkafka beside it; install its wheel")
    library, libc = ctypes.CDLL(str(found[0])), ctypes.CDLL(None)
    libc.fopen.restype = ctypes.c_void_p
    with tempfile.NamedTemporaryFile() as file:
        stream = ctypes.c_void_p(libc.fopen(file.name.encode(), b"w"))
        library.rd_kafka_conf_properties_show(stream)
        libc.fclose(stream)
        return confluent_kafka.libversion()[0], Path(file.name).read_text(encoding="utf-8")


def parse(page: str) -> dict[str, dict[str, Any]]:
    """Return the keys of the page; `role` is P or C where only one kind of client has a key.

    A key that topics may override is there twice: the first, of the client, is taken.
    """
    found: dict[str, dict[str, Any]] = {}
    for key, row in _rows(page):
        found.setdefault(key, row)
    return dict(sorted(found.items()))


def _rows(page: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.split(" | ", _CELLS - 1)]
        if len(cells) < _CELLS or cells[0] in ("Property", "") or set(cells[0]) <= set("-|"):
            continue
        key, role, valid, default, _, about = cells
        kind, alias = _TYPE.search(about), _ALIAS.match(about)
        row = {
            "type": _KINDS.get(kind[1] if kind else "", "string"),
            "default": default,
            "valid": valid,
            "alias": alias[1] if alias else "",
            "role": role.strip(" *"),
            "deprecated": "**DEPRECATED**" in about,
        }
        yield key, {part: value for part, value in row.items() if value or part == "default"}


if __name__ == "__main__":
    version, page = printed()
    table = {"releases": [version], "keys": parse(page)}
    Path(sys.argv[1], "librdkafka.json").write_text(written(table), encoding="utf-8")
