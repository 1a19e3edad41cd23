"""Faults and look-alikes as a set: names, objects, and which of them share a lab."""

from collections import Counter

import pytest

from kdiag.analysis.least_grants import least_grants, needed
from kdiag.errors import LabError
from kdiag.lab import acls
from kdiag.lab.detached import KNOWN, break_
from kdiag.lab.fault import Fault, fits, inject, inject_what_can_be
from kdiag.lab.faults import FAULTS
from kdiag.lab.lab import Lab
from kdiag.lab.lookalikes import LOOKALIKES
from kdiag.lab.offsets_topic import partition_of
from kdiag.lab.score import NOT_MADE, PER_LAB, batches
from kdiag.registry import load_checks


def a_fault(name: str, **more: object) -> Fault:
    return Fault(name=name, title=name, **{"inject": lambda lab: None, **more})  # type: ignore[arg-type]


def test_no_two_have_an_object_in_common() -> None:
    owners = Counter(name for fault in KNOWN.values() for name in set(fault.objects))

    assert [name for name, count in owners.items() if count > 1] == []


def test_a_fault_expects_something_and_a_look_alike_forbids_something() -> None:
    assert all(fault.expects for fault in FAULTS.values())
    assert all(one.forbids and not one.expects for one in LOOKALIKES.values())


def test_each_check_has_a_fault_or_a_reason_why_none_is_made() -> None:
    made = {check for fault in FAULTS.values() for check, _ in fault.expects}
    said = {word for name in NOT_MADE for word in name.replace(",", " ").split()}

    assert [check.id for check in load_checks().checks if check.id not in made | said] == []


def test_what_happens_while_a_cluster_is_looked_at_cannot_be_made_before(tmp_path) -> None:
    with pytest.raises(LabError, match="kdiag lab score broker-restarted"):
        break_(tmp_path, "broker-restarted")


def test_every_fault_can_be_healed() -> None:
    assert [fault.name for fault in KNOWN.values() if fault.heal is None] == []


def test_a_lab_fits_if_it_has_at_least_what_a_fault_needs() -> None:
    fault = a_fault("f", lab={"brokers": 1, "properties": {"a": "1"}})

    assert fits(Lab(1, properties={"a": "1", "b": "2"}), fault)
    assert not fits(Lab(1, properties={"b": "2"}), fault)
    assert not fits(Lab(3, properties={"a": "1"}), fault)
    assert fits(Lab(1), a_fault("g"))


def test_faults_share_a_lab_with_those_that_need_the_same() -> None:
    plain = [a_fault(f"plain-{number}") for number in range(PER_LAB + 1)]
    own = a_fault("own", lab={"brokers": 1, "properties": {"a": "1"}})
    last = a_fault("last", is_last=True)

    shared = list(batches([last, own, *plain]))

    assert [len(batch.faults) for batch in shared] == [PER_LAB, 1, 1, 1]
    assert {batch.faults[0].name: dict(batch.options) for batch in shared[2:]} == {
        "last": {
            "racks": ("r1", "r2", "r3"),
            "jmx": ("jolokia",),
            "properties": {"min.insync.replicas": "2"},
        },
        "own": {"brokers": 1, "jmx": ("jolokia",), "properties": {"a": "1"}},
    }
    assert all(fits(Lab(**batch.options), fault) for batch in shared for fault in batch.faults)


def test_faults_share_a_diagnosis_only_with_those_that_are_diagnosed_alike() -> None:
    happening: list[str] = []
    faults = [
        a_fault("plain"),
        a_fault("by-tls", connects_by="ssl"),
        a_fault("now", meanwhile=lambda lab: happening.append("now")),
        a_fault("expected", profile="fraud-detection"),
        a_fault("too"),
    ]

    made = {
        tuple(fault.name for fault in batch.faults): (batch.connects_by, batch.profile)
        for batch in batches(faults)
    }
    for batch in batches(faults):
        batch.meanwhile(Lab(1))

    assert made == {
        ("plain", "too"): ("plaintext", ""),
        ("by-tls",): ("ssl", ""),
        ("now",): ("plaintext", ""),
        ("expected",): ("plaintext", "fraud-detection"),
    }
    assert happening == ["now"]


def test_a_reader_of_the_lab_has_the_grants_that_kdiag_names() -> None:
    grants = needed([each.grant for each in least_grants(load_checks().checks)])

    assert {
        (acl.operation.replace("_", ""), acl.kind.replace("-", " "), acl.name)
        for acl in acls.reads("u")
    } == {
        (each.operation.upper(), each.resource.kind, each.resource.name or "*") for each in grants
    }


def test_every_fault_gets_a_lab_that_fits() -> None:
    for batch in batches(KNOWN.values()):
        assert all(fits(Lab(**batch.options), fault) for fault in batch.faults)


class Unstarted:
    """A lab of which only the record of its faults exists."""

    def __init__(self, home):
        self.plan = Lab(1).plan
        self.state = type("State", (), {"broken": home})


def test_a_fault_that_cannot_be_made_does_not_hinder_others(tmp_path) -> None:
    def refuse(lab: Lab) -> None:
        raise LabError("no")

    lab = Unstarted(tmp_path)
    faults = [a_fault("bad", inject=refuse), a_fault("good", settle_seconds=7.0)]

    assert {name: str(error) for name, error in inject_what_can_be(lab, faults).items()} == {
        "bad": "no"
    }
    assert (tmp_path / "good").exists()
    with pytest.raises(LabError, match="already been injected"):
        inject(lab, faults[1:])


def test_a_fault_says_what_lab_it_needs(tmp_path) -> None:
    with pytest.raises(LabError, match=r"f needs a lab of its own, with brokers=3"):
        inject(Unstarted(tmp_path), [a_fault("f", lab={"brokers": 3})])


@pytest.mark.parametrize(
    ("group", "partition"),
    [("settlement", 49), ("polygenelubricants", 0), ("", 0)],
)
def test_the_partition_of_a_group_is_that_of_java(group: str, partition: int) -> None:
    assert partition_of(group, 50) == partition
