"""A fault, or a healthy look-alike of one: how to make it, and what a diagnosis must say of it."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from kdiag.errors import LabError
from kdiag.lab.lab import Lab

Expectation = tuple[str, Mapping[str, Any]]
"""Id of a check, and a subject. A finding of that check meets it if it has at least these keys."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, or only looks as if it did.

    inject: makes it and returns when it is made. expects: what must be found. forbids: checks
    that must stay silent on its objects. settle_seconds: until it can be seen. heal: undoes it,
    where that is possible. tunables: what a check must be told to see it in a lab. is_last: is
    injected after others, which it would hinder.
    """

    name: str
    title: str
    inject: Callable[[Lab], None]
    expects: tuple[Expectation, ...] = ()
    forbids: tuple[str, ...] = ()
    settle_seconds: float = 5.0
    heal: Callable[[Lab], None] | None = None
    tunables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    is_last: bool = False


def inject(lab: Lab, faults: Iterable[Fault]) -> float:
    """Inject faults together, and those that would hinder others at the end.

    Returns the seconds after which all of them can be seen.
    """
    ordered = sorted(faults, key=lambda fault: fault.is_last)
    together = [fault for fault in ordered if not fault.is_last]
    if together:
        with ThreadPoolExecutor(len(together)) as pool:
            for done in [pool.submit(_inject_one, lab, fault) for fault in together]:
                done.result()
    for fault in ordered:
        if fault.is_last:
            _inject_one(lab, fault)
    return max((fault.settle_seconds for fault in ordered), default=0.0)


def _inject_one(lab: Lab, fault: Fault) -> None:
    if is_injected(lab, fault):
        raise LabError(f"{fault.name} has already been injected into this lab.")
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
