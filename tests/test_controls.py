"""The mapping to controls: checks that exist, references that can exist, a reason for each."""

import importlib.resources
import tomllib

import pytest

from kdiag.controls import controls, controls_of
from kdiag.errors import CheckError
from kdiag.registry import load_checks

CHECKS = load_checks().checks
FILE = (importlib.resources.files("kdiag.checks") / "controls.toml").read_text()


def test_every_check_of_the_mapping_exists():
    assert set(controls()) <= {check.id for check in CHECKS}


def test_every_framework_is_used():
    used = {control.framework for found in controls().values() for control in found}

    assert used == {"cis-controls", "pci-dss", "soc2", "iso-27001"} == set(
        tomllib.loads(FILE)["frameworks"]
    )  # fmt: skip


@pytest.mark.parametrize("check", controls())
def test_a_check_has_controls_each_once_and_with_a_sentence_why(check):
    found = controls()[check]

    assert found
    assert len({control.tag for control in found}) == len(found)
    for control in found:
        assert control.reason.endswith(".")
        assert 20 <= len(control.reason) <= 120


def test_checks_carry_their_controls():
    by_id = {check.id: check for check in CHECKS}

    assert [control.tag for control in by_id["open-jmx"].controls] == [
        "cis-controls:4.6",
        "pci-dss:8.3.1",
        "soc2:CC6.1",
        "iso-27001:A.8.5",
    ]
    assert by_id["rebalance-storm"].controls == ()


FRAMEWORKS = {"pci-dss": {"name": "PCI", "pattern": r"\d\.\d"}}
WRONG = [
    ({"pci": "x"}, "pci-dss"),
    ({"pci:1.1": "x"}, "no framework pci; declared are pci-dss"),
    ({"pci-dss:1": "x"}, "1 is no reference of pci-dss"),
    ({"pci-dss:1.1.1": "x"}, "1.1.1 is no reference of pci-dss"),
    ({"pci-dss:1.1": " "}, "it has no reason"),
]


@pytest.mark.parametrize(("lines", "said"), WRONG, ids=range(len(WRONG)))
def test_what_cannot_be_is_refused(lines, said):
    with pytest.raises(CheckError, match=said):
        controls_of({"frameworks": FRAMEWORKS, "checks": {"a": lines}})


@pytest.mark.parametrize(
    ("reference", "fits"),
    [
        ("pci-dss:10.2.1.4", True),
        ("pci-dss:10", False),
        ("pci-dss:A.1", False),
        ("soc2:CC6.1", True),
        ("soc2:A1.2", True),
        ("soc2:CC10.1", False),
        ("iso-27001:A.8.14", True),
        ("iso-27001:A.9.1", False),
        ("iso-27001:8.14", False),
        ("cis-controls:3.14", True),
        ("cis-controls:3", False),
    ],
)
def test_patterns_tell_references_from_others(reference, fits):
    document = {
        "frameworks": tomllib.loads(FILE)["frameworks"],
        "checks": {"a": {reference: "A reason."}},
    }

    if fits:
        assert controls_of(document)["a"][0].tag == reference
        return
    with pytest.raises(CheckError):
        controls_of(document)
