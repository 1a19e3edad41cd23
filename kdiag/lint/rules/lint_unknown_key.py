"""Settings that the software does not have: mistyped, of another library, or gone.

Java's clients, brokers and workers log an unknown setting and go on without it, so a mistyped one
is as good as not set. librdkafka does not start with one, and brokers refuse one of a topic. What
serializers, interceptors and other plug-ins read is known to them alone.

Reads: properties files, connectors, definitions of topics; kdiag.keys, printed by Kafka's own
jars (2.8 to 4.4), by librdkafka and by Debezium.
"""

import re
from collections.abc import Iterable, Iterator

from kdiag.lint.api import (
    Action,
    Finding,
    Key,
    KeyedFile,
    KeyedFiles,
    Said,
    Setting,
    Severity,
    check,
    inner,
    keys,
    known_in,
    nearest,
)

_CLIENTS = ("producer", "consumer", "admin")
_PLUGINS = re.compile(
    r"^(config\.providers\.|internal\.|(key|value|header)\.(converter|serializer|deserializer)\.|"
    r"(transforms|predicates)\.|topic\.creation\.|schema\.registry\.|basic\.auth\.|confluent\.|"
    r"(key|value)\.subject\.|(auto|use)\.(register|latest)|specific\.avro|apicurio\.|"
    r"rsm\.config\.|rlmm\.config\.|admin\.listeners|listeners\.https\.|database\.|driver\.|"
    r"super\.users$|allow\.everyone\.if\.no\.acl\.found$|cruise\.control\.|"
    r"(config|offset|status)\.storage\.|signal\.|notification\.|metric)"
)
_STANDALONE = "offset.storage.file.filename"


@check(area="files")
def lint_unknown_key(files: KeyedFiles) -> Said:
    """Settings that no release has, with the nearest that there is, or that are gone."""
    for file in files:
        for setting in file.settings:
            yield from _judged(file, setting)


def _judged(file: KeyedFile, setting: Setting) -> Iterator[Finding]:
    key, tables = inner(file, setting.key)
    known = known_in(key, tables)
    if known is not None:
        if known.until is not None and "zookeeper.connect" not in file:
            yield _gone(file, setting, known, tables)
        return
    if key == _STANDALONE:
        return
    if file.kind == "client" and setting.key.startswith("spring."):
        yield _of_spring(file, setting)
        return
    near = nearest(key, _names(tables))
    other = _other_library(file, key)
    if other or (near and not _is_plugins(file, key, near)):
        yield _mistyped(file, setting, near, other)
    elif not _PLUGINS.match(key) and file.kind != "connector":
        yield _unknown(file, setting)


def _names(tables: Iterable[str]) -> set[str]:
    return {name for table in tables for name, key in keys(table).by_name.items() if not key.until}


def _is_plugins(file: KeyedFile, key: str, near: str) -> bool:
    """Tell whether a key is rather that of a plug-in than a mistyped one.

    A connector of an unknown class has keys that nobody here knows: only what differs from one of
    the framework by a sign or two counts.
    """
    if _PLUGINS.match(key) and not near.startswith(key.partition(".")[0]):
        return True
    is_foreign = file.kind == "connector" and len(file.tables) < 2
    return is_foreign and abs(len(key) - len(near)) > 2


def _other_library(file: KeyedFile, key: str) -> str:
    if file.kind != "client":
        return ""
    if file.library == "java":
        return "librdkafka" if keys("librdkafka").get(key) else ""
    return "Java's clients" if known_in(key, _CLIENTS) else ""


def _mistyped(file: KeyedFile, setting: Setting, near: str | None, other: str) -> Finding:
    hint = f"; the nearest that there is: {near}" if near else ""
    what = f"is a setting of {other}, not of {_who(file)}" if other else f"is none of {_who(file)}"
    return Finding(
        _severity(file, is_likely=True),
        file.at(setting.key, setting.place),
        f"{setting.key} {what}{hint}.",
        _impact(file),
        evidence={"key": setting.key, "nearest": near},
        actions=(Action(f"Write {near}." if near else f"Take {setting.key} out."),),
        confidence="certain" if _is_refused(file) else "likely",
    )


def _unknown(file: KeyedFile, setting: Setting) -> Finding:
    return Finding(
        _severity(file, is_likely=False),
        file.at(setting.key, setting.place),
        f"{setting.key} is none of {_who(file)}, and none is like it.",
        _impact(file),
        evidence={"key": setting.key, "nearest": None},
        actions=(Action("Take it out, unless a plug-in reads it."),),
        confidence="certain" if _is_refused(file) else "possible",
    )


def _of_spring(file: KeyedFile, setting: Setting) -> Finding:
    return Finding(
        "info",
        file.at(setting.key, setting.place),
        f"{setting.key} is a name of Spring's, and was not judged.",
        "Spring hands it on to the client under a name of Kafka's.",
        evidence={"key": setting.key},
        actions=(Action("Judge the values that the application logs at its start."),),
    )


def _gone(file: KeyedFile, setting: Setting, known: Key, tables: Iterable[str]) -> Finding:
    table = next(keys(table) for table in tables if keys(table).get(known.name))
    until, is_topic = str(known.until), file.kind == "topic"
    return Finding(
        "warning" if is_topic else "info",
        file.at(setting.key, setting.place),
        f"{setting.key} is gone: Kafka {until} has it, {table.after(until)} does not.",
        "From then on brokers refuse to make or alter the topic: Unknown topic config name."
        if is_topic
        else "From then on it does nothing.",
        evidence={"key": setting.key, "last_release": until},
        actions=(Action("Take it out before that upgrade."),),
    )


def _is_refused(file: KeyedFile) -> bool:
    return file.library == "librdkafka" or file.kind == "topic"


def _severity(file: KeyedFile, *, is_likely: bool) -> Severity:
    if _is_refused(file):
        return "critical"
    return "warning" if is_likely else "info"


def _impact(file: KeyedFile) -> str:
    if file.library == "librdkafka":
        return "librdkafka makes no client from it: No such configuration property."
    if file.kind == "topic":
        return "Brokers refuse to make or alter the topic: Unknown topic config name."
    return "It is logged as unknown, and has no effect."


def _who(file: KeyedFile) -> str:
    if file.library == "librdkafka":
        return "librdkafka"
    words = {
        "client": "Java's clients",
        "broker": "a broker",
        "worker": "a Connect worker",
        "connector": "this connector",
        "topic": "a topic",
    }
    return words.get(file.kind, file.kind)
