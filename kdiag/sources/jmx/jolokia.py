"""Jolokia: all facts of a process by one POST of many reads.

Protocol: Jolokia's reference manual, "read" and "bulk requests". Only reads are sent; a bad one has
an error of its own in an answer with HTTP 200.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from kdiag.errors import RequestError
from kdiag.facts import Fact
from kdiag.sources.http import answer, body
from kdiag.sources.jmx.endpoints import Access, Endpoint
from kdiag.sources.jmx.told import Told, by_pattern, is_pattern, labels_of

_OPTIONS = {"ignoreErrors": "true", "canonicalNaming": "false", "maxObjects": "0"}


async def read(endpoint: Endpoint, access: Access, facts: Iterable[Fact], seconds: float) -> Told:
    """Ask for the facts. Raises RequestError and its kin."""
    patterns = by_pattern(facts)
    asked = [
        {
            "type": "read",
            "mbean": pattern,
            "attribute": sorted({fact.attribute_name for fact in each}),
            "config": _OPTIONS,
        }
        for pattern, each in patterns.items()
    ]
    answers = await _ask(endpoint, access, asked, seconds)
    told = Told()
    for (pattern, each), one in zip(patterns.items(), answers, strict=False):
        if isinstance(one, Mapping) and one.get("status") == 200:
            _take(told, pattern, each, one.get("value"))
    return told


async def _ask(endpoint: Endpoint, access: Access, asked: Any, seconds: float) -> list[Any]:
    server = endpoint.server(access)
    async with answer(server, seconds, json=asked) as response:
        read = await body(response, server)
    try:
        answers = json.loads(read)
    except (ValueError, RecursionError):
        answers = None
    if not isinstance(answers, list):
        raise RequestError(f"what answers as {server.shown} is not Jolokia")
    return answers


def _take(told: Told, pattern: str, facts: Iterable[Fact], value: Any) -> None:
    """Add the attributes of one MBean, or of all that fit a pattern."""
    if not isinstance(value, Mapping):
        return
    beans = value if is_pattern(pattern) else {pattern: value}
    for name, attributes in beans.items():
        if not isinstance(attributes, Mapping):
            continue
        for fact in facts:
            if fact.attribute_name in attributes and not _is_error(attributes[fact.attribute_name]):
                told.add(fact, labels_of(fact, name), _of(attributes, fact))


def _is_error(value: Any) -> bool:
    """Tell whether it stands for an attribute that could not be read: 2.x writes an object."""
    if isinstance(value, Mapping):
        return bool(value.get(".error"))
    return isinstance(value, str) and value.startswith("ERROR: ")


def _of(attributes: Mapping[str, Any], fact: Fact) -> Any:
    value = attributes[fact.attribute_name]
    if not fact.attribute_key:
        return value
    return value.get(fact.attribute_key) if isinstance(value, Mapping) else None
