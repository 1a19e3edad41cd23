"""What a profile expects, by patterns of names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

Wanted = int | float | str | tuple[str, ...]


@dataclass(frozen=True)
class TopicRule:
    """What is expected of the topics in whose name the pattern is found.

    wanted: what → value, as `TOPIC_KEYS` has them. is_required: at least one topic must fit.
    cold_sink: groups in whose name it is found keep the records for longer than Kafka does.
    """

    pattern: re.Pattern[str]
    wanted: tuple[tuple[str, Wanted], ...]
    is_required: bool = True
    cold_sink: re.Pattern[str] | None = None
    source: str = ""


@dataclass(frozen=True)
class LagRule:
    """How far groups in whose name the pattern is found may be behind, on topics that fit.

    seconds: age of the oldest unread record; records: their number; None where it does not matter.
    """

    groups: re.Pattern[str]
    topics: re.Pattern[str] | None = None
    seconds: float | None = None
    records: int | None = None
    source: str = ""


@dataclass(frozen=True)
class Profile:
    """All that is expected; of several rules for one thing the first that fits counts."""

    topics: tuple[TopicRule, ...] = ()
    lag: tuple[LagRule, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.topics or self.lag)

    def of_groups(self) -> tuple[tuple[re.Pattern[str], float], ...]:
        """Return pattern of groups → seconds, of the rules that hold for all their topics."""
        return tuple(
            (rule.groups, rule.seconds)
            for rule in self.lag
            if rule.topics is None and rule.seconds is not None
        )


NONE = Profile()
"""Nothing is expected."""


def joined(profiles: Iterable[Profile]) -> Profile:
    """Return one profile of several, the rules of the first ones first."""
    held = list(profiles)
    return Profile(
        tuple(rule for profile in held for rule in profile.topics),
        tuple(rule for profile in held for rule in profile.lag),
    )
