"""What a check gets for what it names: sections of a snapshot, raw or derived.

What a derived section lacks passes on to whoever reads it, with the same reason.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kdiag.check import DERIVATIONS, Derivation, Need
from kdiag.finding import NotApplicable
from kdiag.snapshot import Held, Missing, Section, Snapshot

log = logging.getLogger(__name__)

_NO_EARLIER = Missing("only one sample was taken", "--sample-seconds")


@dataclass
class View:
    """The sections of one sample, raw and derived; each derived one is made once."""

    snapshot: Snapshot
    made: dict[type[Section], Held] = field(default_factory=dict)
    before: "View | None" = None

    def held(self, need: Need) -> Held:
        """Return what a need gets: the section, or what stands in its place."""
        view = self._earlier() if need.is_earlier else self
        if view is None or (need.is_earlier and not view.has(need.section)):
            return _NO_EARLIER
        found = view.get(need.section)
        if need.is_whole and isinstance(found, Section) and found.errors:
            return Missing(f"it was read in part: {listed(found.errors)}", grant_of(found.errors))
        return found

    def has(self, section: type[Section]) -> bool:
        """Tell whether this sample was asked for a section; an earlier one may hold but a few."""
        return section in self.snapshot.sections or section in DERIVATIONS

    def get(self, section: type[Section]) -> Held:
        """Return a section of this sample, made now if it is a derived one."""
        if section not in self.made:
            derivation = DERIVATIONS.get(section)
            self.made[section] = (
                self.snapshot.get(section) if derivation is None else self._derive(derivation)
            )
        return self.made[section]

    def _earlier(self) -> "View | None":
        if self.before is None and self.snapshot.earlier is not None:
            self.before = View(self.snapshot.earlier)
        return self.before

    def _derive(self, derivation: Derivation) -> Held:
        inputs = {need: self.held(need) for need in derivation.needs}
        absent = lacking(inputs)
        if absent is not None:
            return absent
        try:
            made = derivation.run(*(given(inputs[need]) for need in derivation.needs))
        except Exception as error:
            log.exception("%s could not be derived", derivation.section.__name__)
            return Missing(f"deriving {derivation.section.__name__} failed: {named(error)}")
        return _inheriting(made, inputs) if isinstance(made, Section) else made


def _inheriting(made: Section, inputs: Mapping[Need, Held]) -> Section:
    """Return a derived section with the errors and the age of what it was made from."""
    sources = [
        held for need, held in inputs.items() if isinstance(held, Section) and not need.is_optional
    ]
    errors = {**{k: v for source in sources for k, v in source.errors.items()}, **made.errors}
    read_at = max((source.read_at for source in sources), default=made.read_at)
    return replace(made, errors=errors, read_at=read_at)


def lacking(inputs: Mapping[Need, Held]) -> Missing | NotApplicable | None:
    """Return why a function cannot run: the first required input that is not there."""
    absent = [
        held
        for need, held in inputs.items()
        if not need.is_optional and not isinstance(held, Section)
    ]
    for kind in (NotApplicable, Missing):
        for held in absent:
            if isinstance(held, kind):
                return held
    return None


def given(held: Held) -> Section | None:
    """Return what a function is called with: the section, or None where it is not there."""
    return held if isinstance(held, Section) else None


def listed(unseen: Mapping[str, Missing], most: int = 3) -> str:
    """Return the targets with their reasons, targets of one reason together."""
    by_reason: dict[str, list[str]] = {}
    for target, missing in unseen.items():
        by_reason.setdefault(missing.reason, []).append(target)
    return "; ".join(
        f"{', '.join(targets[:most])}{f' and {len(targets) - most} more' * (len(targets) > most)}"
        f" ({reason})"
        for reason, targets in by_reason.items()
    )


def grant_of(unseen: Mapping[str, Missing]) -> str | None:
    """Return the grants, flags or versions that would supply what was not seen."""
    grants = dict.fromkeys(missing.grant for missing in unseen.values() if missing.grant)
    return ", ".join(grants) or None


def named(error: Exception) -> str:
    """Return an exception as a reason: its kind and its words."""
    return f"{type(error).__name__}: {error}"
