"""Keeps the settings of a connector, as a worker tells them, as a table of `kdiag.keys`.

`python -m kdiag.lab.debezium_keys URL FILE` asks a worker that has Debezium's connector for
PostgreSQL (`kdiag lab up --with connect,postgres`) and writes debezium-postgres.json.

Source: GET /connector-plugins/CLASS/config (KIP-769), which is the connector's ConfigDef; and
GET /connector-plugins, which tells the version of its jar.
"""

import json
import re
import sys
import urllib.request
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from kdiag.lab.config_keys import Keys, written
from kdiag.lab.postgres import CONNECTOR

_SECONDS = 30


def told(url: str, usual: Collection[str], connector: str = CONNECTOR) -> Keys:
    """Return the keys of a connector: name → type and default, "null" where there is none.

    usual: the keys that every source has, which are left out.
    """
    address = f"{url}/connector-plugins/{connector}/config"
    with urllib.request.urlopen(address, timeout=_SECONDS) as answer:  # noqa: S310 - http, loopback
        rows = json.load(answer)
    own = [row for row in rows if row["name"] not in usual]
    return {row["name"]: _about(row) for row in sorted(own, key=lambda row: str(row["name"]))}


def _about(row: Mapping[str, Any]) -> dict[str, str | None]:
    default = row["default_value"]
    return {"type": row["type"].lower(), "default": "null" if default is None else str(default)}


def release(url: str, connector: str = CONNECTOR) -> str:
    """Return the release of a connector on the worker, as 3.7: its jar tells the worker.

    Raises LookupError for a worker without it, or one that does not know its release.
    """
    with urllib.request.urlopen(f"{url}/connector-plugins", timeout=_SECONDS) as answer:  # noqa: S310
        rows = json.load(answer)
    for row in rows:
        found = re.match(r"\d+\.\d+", row["version"] or "")
        if row["class"] == connector and found:
            return found[0]
    raise LookupError(f"{url} has no {connector} that tells its release")


def main(url: str, file: Path) -> None:
    """Write the table, beside source.json."""
    usual = json.loads(file.with_name("source.json").read_text(encoding="utf-8"))["keys"]
    table = {"releases": [release(url)], "keys": told(url, usual)}
    file.write_text(written(table), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
