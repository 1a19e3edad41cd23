"""A fault, or a healthy look-alike of one: how to make it, and what a diagnosis must say of it."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from kdiag.errors import LabError
from kdiag.lab.lab import Lab

_AT_ONCE = 8
"""Faults that are made at the same time: each starts processes."""

Expectation = tuple[str, Mapping[str, Any]]
"""Id of a check, and a subject. A finding of that check meets it if it has at least these keys."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, or only looks as if it did.

    inject: makes it and returns when it is made. expects: what must be found. forbids: checks
    that must stay silent on its objects. objects: names of its topics and groups, which no other
    has. settle_seconds: until it can be seen. heal: undoes it, where that is possible. tunables:
    what a check must be told to see it in a lab. lab: arguments of Lab without which it cannot be
    made. is_last: is injected after others, which it would hinder. is_in_records: is seen only
    where records may be looked at (`--sample-records`). connects_by: kind of listener by which the
    diagnosis connects. profile: name of a profile that it is given. meanwhile: waits for, or makes,
    what happens between the two samples of a diagnosis; its lab has no other fault.
    """

    name: str
    title: str
    inject: Callable[[Lab], None]
    expects: tuple[Expectation, ...] = ()
    forbids: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    settle_seconds: float = 5.0
    heal: Callable[[Lab], None] | None = None
    tunables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lab: Mapping[str, Any] = field(default_factory=dict)
    is_last: bool = False
    is_in_records: bool = False
    connects_by: str = "plaintext"
    profile: str = ""
    meanwhile: Callable[[Lab], None] | None = None


def fits(lab: Lab, fault: Fault) -> bool:
    """Tell whether a lab was started with what a fault needs."""
    return all(_has(getattr(lab.plan, key), wanted) for key, wanted in fault.lab.items())


def _has(planned: Any, wanted: Any) -> bool:
    """Tell whether a value of the plan is the one wanted; a mapping may hold more, as for a set."""
    if isinstance(wanted, frozenset):
        return wanted <= set(planned)
    if isinstance(wanted, Mapping):
        return all(_has(planned.get(key), value) for key, value in wanted.items())
    return bool(planned == wanted)


def inject(lab: Lab, faults: Iterable[Fault]) -> float:
    """Inject faults together, and those that would hinder others at the end.

    Returns the seconds after which all of them can be seen.
    """
    faults = tuple(faults)
    for error in inject_what_can_be(lab, faults).values():
        raise error
    return max((fault.settle_seconds for fault in faults), default=0.0)


def inject_what_can_be(lab: Lab, faults: Iterable[Fault]) -> dict[str, LabError]:
    """Inject faults as `inject` does; return by name why some of them could not be made."""
    ordered = sorted(faults, key=lambda fault: fault.is_last)
    failed: dict[str, LabError] = {}

    def make(fault: Fault) -> None:
        try:
            _inject_one(lab, fault)
        except LabError as error:
            failed[fault.name] = error
        except OSError as error:
            failed[fault.name] = LabError(f"{fault.name} could not be made: {error}")

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(make, [fault for fault in ordered if not fault.is_last]):
            pass
    for fault in ordered:
        if fault.is_last:
            make(fault)
    return failed


def _inject_one(lab: Lab, fault: Fault) -> None:
    if is_injected(lab, fault):
        raise LabError(f"{fault.name} has already been injected into this lab.")
    if not fits(lab, fault):
        wanted = ", ".join(f"{key}={value!r}" for key, value in fault.lab.items())
        raise LabError(f"{fault.name} needs a lab of its own, with {wanted}.")
    (lab.state.broken / fault.name).touch()
    fault.inject(lab)


def is_injected(lab: Lab, fault: Fault) -> bool:
    """Tell whether a fault was injected and not healed."""
    return (lab.state.broken / fault.name).exists()


def heal(lab: Lab, fault: Fault) -> None:
    """Undo a fault."""
    if not is_injected(lab, fault):
        raise LabError(f"{fault.name} has not been injected into this lab.")
    if fault.heal is None:
        raise LabError(f"{fault.name} cannot be healed; end the lab instead.")
    fault.heal(lab)
    (lab.state.broken / fault.name).unlink(missing_ok=True)
