"""How long a member's partitions were silent before it was gone.

A member that leaves in order commits until it goes. One whose session ends has been silent for as
long as that, one that exceeds max.poll.interval.ms for as long as that. The records of a classic
group do not tell which partitions were whose, but those that fall silent while they are committed
regularly before, and again afterwards, are the ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kdiag.analysis.commit_timeline import CommitTimeline

RHYTHM_RATIO = 2.5
"""How many commits a silence must span, so that it is none between two commits."""

_RECENT = 20
_QUANTILE = 0.75
_SHARE = 0.8
_WHOLE = 0.9


@dataclass(frozen=True)
class Silences:
    """The commits of some groups: group → one array of times (ns) a partition."""

    commits: Mapping[str, tuple[Any, ...]]

    @classmethod
    def of(cls, timeline: CommitTimeline | None, groups: set[str]) -> "Silences":
        """Take the commits of these groups out of a timeline."""
        commits: dict[str, tuple[Any, ...]] = {}
        keys = timeline.keys["group"].tolist() if timeline is not None else []
        for number, group in enumerate(keys):
            if timeline is not None and group in groups:
                start, end = timeline.starts[number], timeline.starts[number + 1]
                commits[group] = (*commits.get(group, ()), timeline.at_ns[start:end])
        return cls(commits)

    def before(
        self, group: str, began_at: datetime, ended_at: datetime, least_seconds: float
    ) -> float | None:
        """Return the longest silence of a partition at the end of a stay, in seconds.

        least_seconds: the silence that matters. None where no partition is committed so often that
        its silence would say anything, or where some are as silent in the middle of the stay.
        """
        began, ended = _ns(began_at), _ns(ended_at)
        rhythm = least_seconds * 1e9 / RHYTHM_RATIO
        regular = [at for at in self.commits.get(group, ()) if _is_regular(at, ended, rhythm)]
        silence = _longest(regular, began - 2 * rhythm, ended)
        usual = _longest(regular, began - 2 * rhythm, (began + ended) // 2)
        if silence is None or usual is None:
            return silence
        is_usual = usual >= _SHARE * least_seconds and silence < _WHOLE * (ended - began) / 1e9
        return None if is_usual else silence


def _is_regular(at: Any, ended: int, rhythm: float) -> bool:
    """Tell whether a partition was committed regularly until then, and again afterwards."""
    import numpy as np

    last = int(np.searchsorted(at, ended, side="right")) - 1
    gaps = np.diff(at[max(0, last - _RECENT) : last + 1])
    has_resumed = last + 1 < len(at)
    return has_resumed and len(gaps) > RHYTHM_RATIO and np.quantile(gaps, _QUANTILE) <= rhythm


def _longest(regular: Sequence[Any], since: float, until: int) -> float | None:
    """Return the longest silence of these partitions until then, of those committed since."""
    import numpy as np

    last = [int(at[max(0, int(np.searchsorted(at, until, side="right")) - 1)]) for at in regular]
    return max(((until - one) / 1e9 for one in last if one >= since), default=None)


def _ns(at: Any) -> int:
    """Return a time of a table as nanoseconds since 1970."""
    return int(at.value)
