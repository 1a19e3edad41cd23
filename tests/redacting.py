"""Whether a redacted snapshot is judged as the original is, up to names."""

import json
import re
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from kdiag.engine import run
from kdiag.redaction import KINDS, Redacted, redacted
from kdiag.redaction.words import names_nobody
from kdiag.sources.saved.encode import encoded
from kdiag.sources.saved.write import plain

KEY = b"tests" * 8


def assert_judged_alike(checks, snapshot, tunables, results):
    """Judge the redacted snapshot too, and compare with the results on the original.

    Regular expressions of the user's own are about names, and have no meaning for pseudonyms.
    """
    if any(name.endswith("_regex") for given in tunables.values() for name in given):
        return
    made = redacted(snapshot, KINDS, KEY)

    assert not left_in(made)
    others = run(checks, made.snapshot, tunables)

    for one, other in zip(results, others, strict=True):
        said, again = alike(one, made), alike(translated(other, made), made)
        assert said == again, f"judged otherwise once redacted:\n{said}\n{again}"


def left_in(made: Redacted) -> set[str]:
    """Return the names, but those that are words of kdiag itself, that the file still has."""
    data = json.dumps(encoded(made.snapshot), default=plain)
    names = {name for known in made.names.values() for name in known.values()}
    return {
        name
        for name in names
        if not names_nobody(name) and re.search(rf"(?<![\w.-]){re.escape(name)}(?!\w)", data)
    }


def translated(value: Any, made: Redacted) -> Any:
    """Return a value of a report with the names in place of the pseudonyms."""
    names = {each: name for known in made.names.values() for each, name in known.items()}
    pattern = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)")
    return _each_text(value, lambda text: pattern.sub(lambda found: names[found[0]], text))


def alike(value: Any, made: Redacted) -> Any:
    """Return a value without what only the order of names decides, and without durations.

    Lists become sorted ones; of texts the words are compared, in which names are blank: which
    three of many names a text lists depends on how they sort.
    """
    names = {name for known in made.names.values() for name in known.values()}
    pattern = re.compile(
        rf"(?<![\w.-])({'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?!\w)"
        if names
        else "(?!)"
    )
    return _shape(value, lambda text: sorted(pattern.sub("_", text).split()))


def _each_text(value: Any, change: Any) -> Any:
    match value:
        case str():
            return change(value)
        case dict():
            return {_each_text(k, change): _each_text(v, change) for k, v in value.items()}
        case list() | tuple() | frozenset():
            return [_each_text(each, change) for each in value]
    if is_dataclass(value):
        return {
            field.name: _each_text(getattr(value, field.name), change) for field in fields(value)
        }
    return value


_TEXTS = {"symptom", "impact", "cause", "text", "command", "reason", "needs", "examined"}


def _shape(value: Any, words: Any, name: str = "") -> Any:
    match value:
        case str():
            return words(value) if name in _TEXTS else value
        case dict():
            return sorted(
                (str(key), _shape(each, words, str(key)))
                for key, each in value.items()
                if key != "duration_seconds"
            ).__repr__()
        case list() | tuple() | frozenset():
            return sorted((_shape(each, words, name) for each in value), key=repr)
        case datetime() | None | int() | float():
            return repr(value)
    if is_dataclass(value):
        return _shape({f.name: getattr(value, f.name) for f in fields(value)}, words, name)
    return repr(value)
