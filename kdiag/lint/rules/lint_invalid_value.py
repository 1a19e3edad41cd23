"""Values that the software does not take, and settings that are there twice.

A number with a unit, a word that is none of the list (Java's libraries mind its case), a value
beyond the range: the client, broker or worker throws ConfigException and does not start. librdkafka
reads a number with something behind it as that number (session.timeout.ms=45s is 45 ms). Of a
setting that is there twice, the last one counts, without a word.

Reads: properties files, connectors, definitions of topics; types and valid values of kdiag.keys.
"""

import re
from collections import Counter
from collections.abc import Iterator

from kdiag.lint.api import (
    Action,
    Finding,
    KeyedFile,
    KeyedFiles,
    Said,
    Setting,
    check,
    inner,
    is_secret,
    known_in,
)

_IMPACT = {
    "connector": "Connect refuses the connector (HTTP 400), or its task fails when it starts.",
    "topic": "Brokers refuse to make or alter the topic: INVALID_CONFIG.",
}
_ADDRESSES = ("bootstrap.servers", "bootstrap.controllers")
_ADDRESS = re.compile(r"(?:[\w\-%.]*://)?\[?[\w\-%.:]+\]?:\d+")


@check(area="files")
def lint_invalid_value(files: KeyedFiles) -> Said:
    """Settings with a value that is refused, or that are there more than once."""
    for file in files:
        for setting in file.settings:
            yield from _nested(file, setting) if setting.is_nested else _judged(file, setting)
        yield from _twice(file)


def _judged(file: KeyedFile, setting: Setting) -> Iterator[Finding]:
    if setting.key in _ADDRESSES and file.library == "java" and not setting.is_placeholder:
        yield from _addresses(file, setting)
    known = known_in(*inner(file, setting.key))
    if known is None or setting.is_placeholder or is_secret(setting.key):
        return
    if file.kind == "connector" and known.until is not None:
        return
    if file.kind == "topic" and known.name == "cleanup.policy":
        return  # lint-topic-definition has it
    allowed = known.wrong(setting.value)
    if allowed is not None:
        yield Finding(
            "critical",
            file.at(setting.key, setting.place),
            f"{setting.shown} is refused: it must be {allowed}.",
            _IMPACT.get(file.kind, "What reads it does not start."),
            evidence={"key": setting.key, "allowed": allowed, "default": known.default},
            actions=(Action(f"Write {allowed}; the default is {known.default or 'none'}."),),
        )
    elif (read := known.read_as(setting.value)) is not None:
        yield _cut(file, setting, read)


def _nested(file: KeyedFile, setting: Setting) -> Iterator[Finding]:
    if file.kind == "connector":
        yield Finding(
            "critical",
            file.at(setting.key, setting.place),
            f"{setting.key} is a list or an object, and Connect takes text alone.",
            "Connect cannot read the request (HTTP 500), and makes no connector.",
            evidence={"key": setting.key},
            actions=(Action("Write one text; the parts of a list with commas between."),),
        )


def _addresses(file: KeyedFile, setting: Setting) -> Iterator[Finding]:
    """Java's clients want a port with each host; librdkafka takes 9092 without."""
    if file.kind not in ("client", "worker"):
        return
    given = [each.strip() for each in setting.value.split(",")]
    wrong = [each for each in given if each and not _ADDRESS.fullmatch(each)]
    if wrong or not any(given):
        yield Finding(
            "critical",
            file.at(f"{setting.key} address", setting.place),
            f"{setting.key} has {wrong[0]!r}, which is no HOST:PORT."
            if wrong
            else f"{setting.key} is empty.",
            "The client does not start.",
            evidence={"key": setting.key, "wrong": wrong},
            actions=(Action("Write HOST:PORT, with commas between."),),
        )


def _cut(file: KeyedFile, setting: Setting, read: str) -> Finding:
    """Return that librdkafka reads a number, and leaves what is behind it."""
    return Finding(
        "warning",
        file.at(setting.key, setting.place),
        f"{setting.shown} is read as {read}: what is behind the number does not count.",
        "librdkafka takes it without a word, as another value than is written.",
        evidence={"key": setting.key, "read_as": read},
        actions=(Action(f"Write {setting.key} as a bare number, in the unit of its name."),),
    )


def _twice(file: KeyedFile) -> Iterator[Finding]:
    sums = Counter(setting.key for setting in file.settings)
    for key in (key for key, number in sums.items() if number > 1):
        *hidden, last = [setting for setting in file.settings if setting.key == key]
        if len({setting.value for setting in (*hidden, last)}) > 1:
            lines = ", ".join(str(setting.place[0]) for setting in hidden)
            yield Finding(
                "warning",
                file.at(f"{key} twice", last.place),
                f"{key} is there more than once with different values; that of line {lines} does "
                "not count.",
                "Whoever reads or changes the first one is wrong about what is in force.",
                evidence={"key": key, "lines": [s.place[0] for s in (*hidden, last)]},
                actions=(Action("Keep one of them."),),
            )
