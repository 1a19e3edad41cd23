"""Faults that the lab can inject, one per module, each with what a diagnosis must find."""

import importlib
import pkgutil

from kdiag.lab.fault import Fault

FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        importlib.import_module(f"{__name__}.{module.name}").FAULT
        for module in pkgutil.iter_modules(__path__)
    )
}
"""All faults by name."""
