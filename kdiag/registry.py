"""Finds the checks: those that kdiag brings, and those of other distributions.

Every module of `kdiag.checks` and every entry point of the group `kdiag.checks` is imported; each
function that `@check` declared is taken. One that cannot be imported costs only itself. Rules for
files are the same in `kdiag.lint.rules`; one with the id of a live check says the same of a file.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib.metadata import entry_points
from types import ModuleType

from kdiag.check import AREAS, Check
from kdiag.controls import controls
from kdiag.errors import UsageError

CHECKS, RULES = "kdiag.checks", "kdiag.lint.rules"
"""Packages, and groups of entry points, of live checks and of rules for files."""


@dataclass(frozen=True)
class Registry:
    """All checks by id, and the plug-ins that could not be loaded with the reason."""

    checks: tuple[Check, ...]
    failed: tuple[tuple[str, str], ...] = ()

    def select(self, only: Sequence[str] = (), skip: Sequence[str] = ()) -> tuple[Check, ...]:
        """Return the checks of the ids and areas in `only` (all where empty), without `skip`.

        Raises UsageError for a word that is neither, with the nearest that is.
        """
        wanted, unwanted = self._ids(only), self._ids(skip)
        return tuple(
            check
            for check in self.checks
            if (not only or check.id in wanted) and check.id not in unwanted
        )

    def get(self, id_: str) -> Check:
        """Return one check. Raises UsageError where there is none, with the nearest id."""
        for check in self.checks:
            if check.id == id_:
                return check
        raise UsageError(_unknown(id_, [check.id for check in self.checks]))

    def _ids(self, words: Sequence[str]) -> set[str]:
        ids = {check.id for check in self.checks}
        chosen: set[str] = set()
        for word in words:
            if word not in ids and word not in AREAS:
                raise UsageError(_unknown(word, [*ids, *AREAS]))
            chosen |= {check.id for check in self.checks if word in (check.id, check.area)}
        return chosen


def _unknown(word: str, known: Iterable[str]) -> str:
    nearest = get_close_matches(word, sorted(known), n=1, cutoff=0.4)
    hint = f"; did you mean {nearest[0]}?" if nearest else ""
    return f"there is no check or area {word!r}{hint} (kdiag checks lists them)"


def load_checks(package: str = CHECKS) -> Registry:
    """Import all checks, or rules. An own one that cannot be imported raises; foreign: listed."""
    modules = list(_own_modules(package))
    failed: list[tuple[str, str]] = []
    for point in entry_points(group=package):
        try:
            loaded = point.load()
            modules.append(loaded if isinstance(loaded, ModuleType) else _module_of(loaded))
        except Exception as error:  # noqa: BLE001 - the plug-in is reported, the rest goes on
            failed.append((point.name, f"{type(error).__name__}: {error}"))
    found = {
        check.id: replace(check, controls=controls().get(check.id, ()))
        for module in modules
        for check in checks_in(module)
    }
    return Registry(tuple(sorted(found.values(), key=_order)), tuple(failed))


def _own_modules(name: str) -> Iterator[ModuleType]:
    package = importlib.import_module(name)
    for info in pkgutil.iter_modules(package.__path__, prefix=f"{name}."):
        yield importlib.import_module(info.name)


def _module_of(loaded: object) -> ModuleType:
    module = inspect.getmodule(loaded)
    if module is None:
        raise TypeError("the entry point names neither a module nor something inside one")
    return module


def checks_in(module: ModuleType) -> Iterator[Check]:
    """Yield the checks that a module declares."""
    for value in vars(module).values():
        declared = getattr(value, "check", None)
        if isinstance(declared, Check):
            yield declared


def _order(check: Check) -> tuple[int, str]:
    return list(AREAS).index(check.area), check.id
