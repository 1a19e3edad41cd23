"""What a process tells: values of facts, out of MBeans by name and attribute."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from sys import float_info
from typing import Any

from kdiag.facts import FACTS, Fact

Labels = tuple[str | None, ...]


@dataclass
class Told:
    """Values by fact and labels. seen: facts for which an MBean or metric was there."""

    values: dict[tuple[str, Labels], float] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def add(self, fact: Fact, labels: Labels, value: Any) -> None:
        """Take a value in the unit of its attribute; what is no number only counts as seen."""
        self.seen.add(fact.name)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and abs(value) <= float_info.max:  # of nothing, it is NaN or -Infinity
            self.values[fact.name, labels] = float(value) * fact.scale


@cache
def parsed(name: str) -> tuple[str, Mapping[str, str]]:
    """Return domain and key properties of an ObjectName; quoted values are unquoted.

    Syntax: javax.management.ObjectName.
    """
    domain, _, rest = name.partition(":")
    properties, at = {}, 0
    while at < len(rest):
        key, _, _ = rest[at:].partition("=")
        at += len(key) + 1
        value, at = _value(rest, at)
        properties[key] = value
        at += 1  # the comma
    return domain, properties


def _value(text: str, at: int) -> tuple[str, int]:
    if not text.startswith('"', at):
        end = text.find(",", at)
        end = len(text) if end < 0 else end
        return text[at:end], end
    read, at = [], at + 1
    while at < len(text) and text[at] != '"':
        if text[at] == "\\" and at + 1 < len(text):
            at += 1
            read.append("\n" if text[at] == "n" else text[at])
        else:
            read.append(text[at])
        at += 1
    return "".join(read), at + 1


@cache
def fits(fact: Fact, name: str) -> bool:
    """Tell whether an MBean is one that a fact is read from."""
    domain, properties = parsed(name)
    return any(_fits(pattern, domain, properties) for pattern in fact.patterns)


def _fits(pattern: str, domain: str, properties: Mapping[str, str]) -> bool:
    wanted_domain, _, rest = pattern.partition(":")
    wanted = rest.split(",")
    is_open = "*" in wanted
    pairs = dict(each.split("=", 1) for each in wanted if each != "*")
    if wanted_domain != domain or not (pairs.keys() <= properties.keys()):
        return False
    if not is_open and pairs.keys() != properties.keys():
        return False
    return all(value in ("*", properties[key]) for key, value in pairs.items())


def labels_of(fact: Fact, name: str) -> Labels:
    """Return the label values of an MBean, in the order of the fact."""
    _, properties = parsed(name)
    return tuple(properties.get(label) for label in fact.labels)


def by_pattern(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    """Return pattern → the facts that are read from its MBeans."""
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        for pattern in fact.patterns:
            found.setdefault(pattern, []).append(fact)
    return found


def is_pattern(name: str) -> bool:
    """Tell whether a name stands for several MBeans."""
    return "*" in name


def known(names: Iterable[str], kind: str) -> list[Fact]:
    """Return the facts of these names that a kind of process may have; a broker may be both."""
    kinds = {"broker", "controller"} if kind == "broker" else {kind}
    return [FACTS[name] for name in names if kinds & set(FACTS[name].on)]
