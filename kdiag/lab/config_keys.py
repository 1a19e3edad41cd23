"""Prints what Kafka's own jars say of their settings, and keeps it as the tables of `kdiag.keys`.

Each class of settings (ConfigDef) prints itself as the HTML of Kafka's documentation: name, type,
default, valid values. `python -m kdiag.lab.config_keys DIRECTORY TABLES` reads DIRECTORY/VERSION/
for the jars of each release and writes TABLES/NAME.json; a release in which a key is first or last
seen is only as exact as the releases that are compared.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from kdiag.errors import LabError
from kdiag.lab.java import find_java

CLASSES: Mapping[str, tuple[str, ...]] = {
    "producer": ("org.apache.kafka.clients.producer.ProducerConfig",),
    "consumer": ("org.apache.kafka.clients.consumer.ConsumerConfig",),
    "admin": ("org.apache.kafka.clients.admin.AdminClientConfig",),
    "streams": ("org.apache.kafka.streams.StreamsConfig",),
    "broker": ("kafka.server.KafkaConfig",),
    "topic": ("org.apache.kafka.storage.internals.log.LogConfig", "kafka.log.LogConfig"),
    "worker": ("org.apache.kafka.connect.runtime.distributed.DistributedConfig",),
    "source": ("org.apache.kafka.connect.runtime.SourceConnectorConfig",),
    "sink": ("org.apache.kafka.connect.runtime.SinkConnectorConfig",),
}
"""Table → the class that has its keys, and the name that the class had before."""

_SECONDS = 60
_HUMAN = re.compile(r"^(-?\d+(?:\.\d+)?) \(.*\)$")
_OBJECT = re.compile(r"@[0-9a-f]{5,}$")  # a validator without words

Keys = dict[str, dict[str, str | None]]
"""Key → type, default (None: there is none, it must be given) and valid values."""


def printed(table: str, jars: Sequence[Path]) -> Keys:
    """Return the keys that the jars of one release have for a table.

    Raises LabError where no class of that table prints itself.
    """
    for name in CLASSES[table]:
        command = [str(find_java()), "-XX:TieredStopAtLevel=1", "-Xmx200m", name]
        done = subprocess.run(  # noqa: S603 - our own java on jars that were verified
            command,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
            env={"CLASSPATH": os.pathsep.join(map(str, jars))},
        )
        if "<li>" in done.stdout:
            return parse(done.stdout)
    raise LabError(f"these jars have no settings of a {table}")


class _Page(HTMLParser):
    """Collects for each <h4> its name, and the cells of the table below."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, dict[str, str]] = {}
        self.key = self.tag = self.head = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("h4", "th", "td", "p"):
            self.tag = tag
        if tag == "h4":
            self.key = ""
        if tag == "td":
            self.keys[self.key].setdefault(self.head, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "h4":
            self.keys.setdefault(self.key, {})
        if tag in ("h4", "th", "td", "p"):
            self.tag = ""

    def handle_data(self, data: str) -> None:
        if self.tag == "h4":
            self.key += data.strip()
        elif self.tag == "th":
            self.head = data.strip(": \n")
        elif self.tag == "td":
            self.keys[self.key][self.head] = self.keys[self.key].get(self.head, "") + data


def parse(html: str) -> Keys:
    """Return the keys of a page that a class of settings printed."""
    page = _Page()
    page.feed(html)
    return {key: _row(cells) for key, cells in page.keys.items() if "Type" in cells}


def _row(cells: Mapping[str, str]) -> dict[str, str | None]:
    default = cells.get("Default", "").strip()
    human, valid = _HUMAN.match(default), cells.get("Valid Values", "").strip()
    if cells["Type"] in ("int", "long", "short", "double") and human:
        default = human[1]
    return {
        "type": cells["Type"].strip(),
        "default": None if default == "" else default.strip('"'),
        "valid": None if _OBJECT.search(valid) else valid or None,
    }


def merged(by_release: Mapping[str, Keys]) -> dict[str, Any]:
    """Return one table of several releases, the oldest first.

    Type, default and values are those of the last release that has the key. from, to: the first
    and last release that has it, where others do not. was: release → what its default was.
    """
    releases = list(by_release)
    names = sorted({name for keys in by_release.values() for name in keys})
    return {"releases": releases, "keys": {name: dict(_over(name, by_release)) for name in names}}


def _over(name: str, by_release: Mapping[str, Keys]) -> Iterator[tuple[str, Any]]:
    releases = list(by_release)
    having = [release for release in releases if name in by_release[release]]
    last = by_release[having[-1]][name]
    yield from ((part, value) for part, value in last.items() if value is not None)
    if having[0] != releases[0]:
        yield "from", having[0]
    if having[-1] != releases[-1]:
        yield "to", having[-1]
    defaults = {release: by_release[release][name]["default"] for release in having}
    was = {release: value for release, value in defaults.items() if value != last["default"]}
    if was:
        yield "was", was


def written(table: Mapping[str, Any]) -> str:
    """Return a table as JSON with one line a key, so that a change of one is a change of one."""
    rows = ",\n".join(
        f"{json.dumps(key)}: {json.dumps(about)}" for key, about in table["keys"].items()
    )
    return f'{{"releases": {json.dumps(table["releases"])}, "keys": {{\n{rows}\n}}}}\n'


def main(directory: Path, tables: Path) -> None:
    """Write all tables from the jars of each release below a directory."""
    homes = sorted(directory.iterdir(), key=lambda home: [int(n) for n in home.name.split(".")])
    for name in CLASSES:
        by_release = {
            home.name.rpartition(".")[0]: printed(name, sorted(home.rglob("*.jar")))
            for home in homes
        }
        (tables / f"{name}.json").write_text(written(merged(by_release)), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
