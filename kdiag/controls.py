"""Which controls of common frameworks a check bears on: data beside the checks, read once.

`checks/controls.toml` has a table of frameworks and one of checks; each line of a check is
`framework:reference` and the reason in a sentence. Only identifiers, none of the frameworks' text.
"""

import importlib.resources
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from kdiag.errors import CheckError
from kdiag.finding import Control

_FILE = "controls.toml"


@cache
def controls() -> Mapping[str, tuple[Control, ...]]:
    """Return check id → controls, in the order of the file. Raises as `controls_of`."""
    page = importlib.resources.files("kdiag.checks") / _FILE
    return controls_of(tomllib.loads(page.read_text(encoding="utf-8")))


def controls_of(document: Mapping[str, Any]) -> Mapping[str, tuple[Control, ...]]:
    """Return the controls of a document.

    Raises CheckError for a framework that is not declared, a reference that does not fit its
    pattern, and an empty reason.
    """
    frameworks = document["frameworks"]
    return {
        check: tuple(_control(check, key, reason, frameworks) for key, reason in lines.items())
        for check, lines in document["checks"].items()
    }


def _control(check: str, key: str, reason: str, frameworks: Mapping[str, Any]) -> Control:
    where = f"{_FILE}: {check}: {key}"
    framework, _, reference = key.partition(":")
    if framework not in frameworks:
        raise CheckError(f"{where}: no framework {framework}; declared are {', '.join(frameworks)}")
    if not re.fullmatch(frameworks[framework]["pattern"], reference):
        raise CheckError(f"{where}: {reference} is no reference of {framework}")
    if not reason.strip():
        raise CheckError(f"{where}: it has no reason")
    return Control(framework, reference, frameworks[framework]["name"], reason)
