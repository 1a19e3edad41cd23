"""How exporters of the Prometheus text format name MBeans.

Names differ between rule sets (jmx_exporter's examples, Strimzi's, Confluent's, the reporters that
need no rules), but all are made of the same words in the same order: domain, type, name, attribute.
So a metric is known by these words alone, in lower case and without what joins them; `PerSec` and a
final `Count`, `Value` or `total` are left out by some and counted on by others.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from kdiag.facts import Fact
from kdiag.sources.jmx.told import parsed

_JOINTS = re.compile(r"[^a-z0-9]")
_ENDINGS = ("total", "count", "value")

Labels = Mapping[str, str]


class Alias(NamedTuple):
    """A metric of the process itself, as client_java names it; its values are in base units.

    where: labels that it must have. renamed: label of the fact → label of the metric.
    """

    fact: str
    where: Labels = {}
    renamed: Labels = {}


ALIASES: Mapping[str, Alias] = {
    "process_start_time_seconds": Alias("start-time"),
    "process_cpu_seconds_total": Alias("cpu-time"),
    "process_open_fds": Alias("files-open"),
    "process_max_fds": Alias("files-max"),
    "jvm_memory_used_bytes": Alias("heap-used", {"area": "heap"}),
    "jvm_memory_bytes_used": Alias("heap-used", {"area": "heap"}),
    "jvm_memory_init_bytes": Alias("heap-initial", {"area": "heap"}),
    "jvm_memory_bytes_init": Alias("heap-initial", {"area": "heap"}),
    "jvm_memory_max_bytes": Alias("heap-max", {"area": "heap"}),
    "jvm_memory_bytes_max": Alias("heap-max", {"area": "heap"}),
    "jvm_memory_pool_collection_used_bytes": Alias("heap-after-gc", {}, {"name": "pool"}),
    "jvm_gc_collection_seconds_sum": Alias("gc-time", {}, {"name": "gc"}),
    "jvm_gc_collection_seconds_count": Alias("gc-count", {}, {"name": "gc"}),
}
"""Source: hotspot collectors of Prometheus client_java, 0.x and 1.x."""


def words(text: str) -> str:
    """Return a name without what joins its words."""
    return _JOINTS.sub("", text.lower())


class Spelling(NamedTuple):
    """One way to write a fact. is_bare: without what says which attribute of a meter it is.

    name: what the label `name` must hold, where an exporter without rules keeps it as a label.
    """

    fact: Fact
    is_bare: bool = False
    name: str = ""

    def fits(self, labels: Labels) -> bool:
        """Tell whether the labels of a metric are those of an MBean that the fact is read from.

        The total of a broker and its parts by topic often have one name.
        """
        fixed, is_open = _keys(self.fact)
        own = {words(name) for name in self.fact.labels}
        if self.name and words(labels.get("name", "")) != self.name:
            return False
        if self.fact.among and labels.get(words(self.fact.labels[-1])) not in self.fact.among:
            return False
        others = {key: value for key, value in labels.items() if key not in own and key != "name"}
        return all(
            words(value) == fixed[key] if key in fixed else is_open for key, value in others.items()
        )


@cache
def _keys(fact: Fact) -> tuple[Labels, bool]:
    """Return the key properties of the pattern that have one value, and whether there may be more.

    Domain, type and name are in the name of the metric.
    """
    pattern = fact.mbean.removesuffix(",*")
    _, properties = parsed(pattern)
    fixed = {words(key): words(value) for key, value in properties.items() if value != "*"}
    return fixed, pattern != fact.mbean


@cache
def spellings(fact: Fact) -> Mapping[str, Spelling]:
    """Return the words by which a metric of a fact may be known."""
    domain, properties = parsed(fact.mbean)
    start = words(domain) + words(properties.get("type", ""))
    name, attribute = words(properties.get("name", "").replace("*", "")), words(fact.attribute)
    if not name:
        ending = attribute.removesuffix("total")
        return dict.fromkeys((start + attribute, start + ending), Spelling(fact))
    found = {start + name + attribute: Spelling(fact)}
    found[start + attribute] = Spelling(fact, name=name)
    if attribute in _ENDINGS:
        for each in (name, name.removesuffix("persec")):
            found |= {start + each + ending: Spelling(fact) for ending in _ENDINGS}
            found[start + each] = Spelling(fact, is_bare=True)
    return found


def by_spelling(facts: Iterable[Fact]) -> dict[str, list[Spelling]]:
    """Return the words of a metric → the facts that it may be."""
    found: dict[str, list[Spelling]] = {}
    for fact in facts:
        for text, spelling in spellings(fact).items():
            found.setdefault(text, []).append(spelling)
    return found
