"""The tables of settings are what the jars of the lab print of themselves today."""

import json
from importlib import resources

import pytest

from kdiag.lab.compiling import locked
from kdiag.lab.config_keys import CLASSES, printed
from kdiag.lab.jars import fetch, read_lock

pytestmark = pytest.mark.live


@pytest.mark.parametrize("table", sorted(CLASSES))
def test_a_table_is_what_the_newest_jars_print(table):
    held = json.loads(resources.files("kdiag.keys").joinpath(f"{table}.json").read_text())
    now = {name: about for name, about in held["keys"].items() if "to" not in about}

    told = printed(table, [*fetch(read_lock("4.4.0")), *locked("streams")])

    assert held["releases"][-1] == "4.4"
    assert now.keys() == told.keys()
    for name, about in told.items():
        assert {part: now[name].get(part) for part in about} == about, name
