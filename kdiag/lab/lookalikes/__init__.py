"""Healthy states that look like faults, one per module, each with what must stay silent."""

import importlib
import pkgutil

from kdiag.lab.fault import Fault

LOOKALIKES: dict[str, Fault] = {
    lookalike.name: lookalike
    for lookalike in (
        importlib.import_module(f"{__name__}.{module.name}").LOOKALIKE
        for module in pkgutil.iter_modules(__path__)
    )
}
"""All look-alikes by name."""
