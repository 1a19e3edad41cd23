"""From findings to sentences and advice that several chapters share."""

from collections.abc import Iterable, Sequence

from kdiag.audit.blocks import Advice, Effort
from kdiag.finding import SEVERITIES, Action, Reported

_MOST = 8
NOTHING = "Nothing is wrong here, as far as was seen."


def conclusions(items: Sequence[Reported]) -> tuple[str, ...]:
    """Return what findings say, the worst first; that nothing is wrong where there is none."""
    said = list(dict.fromkeys(item.finding.symptom for item in ordered(items)))
    more = len(said) - _MOST
    tail = [f"{more} more findings are in the chapter of findings."] if more > 0 else []
    return (*said[:_MOST], *tail) or (NOTHING,)


def ordered(items: Iterable[Reported]) -> list[Reported]:
    """Return findings with the most severe first, else in their order."""
    return sorted(items, key=lambda item: SEVERITIES.index(item.finding.severity))


def advices(items: Sequence[Reported]) -> tuple[Advice, ...]:
    """Return the first thing to do about each finding; the same advice once."""
    made = {advice.text: advice for item in ordered(items) if (advice := advice_of(item))}
    return tuple(made.values())[:_MOST]


def advice_of(item: Reported) -> Advice | None:
    """Return what to do about a finding: the first action that changes something, if any does."""
    actions = item.finding.actions
    if not actions:
        return None
    chosen = next((action for action in actions if action.effect != "reads"), actions[0])
    return Advice(
        text=chosen.text,
        command=chosen.command,
        effect=chosen.effect,
        risk=item.finding.severity,
        effort=_effort(chosen),
        about=str(item.finding.subject),
        check=item.check,
    )


def _effort(action: Action) -> Effort:
    """Return how long an action takes a person: one command, a watched change, or a project."""
    if action.effect != "disruptive":
        return "minutes"
    return "hours" if action.command else "days"
