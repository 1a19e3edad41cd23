"""Which series the exporter shows: the flags, and what they mean."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from kdiag.cli import flags
from kdiag.cli.flags import flag
from kdiag.errors import UsageError
from kdiag.profiles.profile import LagRule, Profile

if TYPE_CHECKING:
    from kdiag.exporter.family import Level
    from kdiag.exporter.shown import Shown

F = TypeVar("F", bound=Callable[..., Any])

_NOTHING = r"(?!)"
_GRANULARITIES = ("group", "topic", "partition")


@dataclass(frozen=True)
class Series:
    """Which series are shown, as the flags say."""

    granularity: str
    groups: str
    exclude_groups: str
    topics: str
    exclude_topics: str
    top_partitions: int
    max_series: int
    lag_slos: tuple[str, ...]
    compat: tuple[str, ...]


_SERIES = (
    flag(
        "--granularity",
        type=click.Choice(_GRANULARITIES),
        default="partition",
        show_default=True,
        help="How fine series are; each has those of the coarser ones, too.",
    ),
    flag("--groups", default="", metavar="REGEX", help="Only groups in whose name this is found."),
    flag("--exclude-groups", default="", metavar="REGEX", help="No groups in whose name it is."),
    flag("--topics", default="", metavar="REGEX", help="Only topics in whose name this is found."),
    flag("--exclude-topics", default="", metavar="REGEX", help="No topics in whose name it is."),
    flag(
        "--top-partitions",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        metavar="N",
        help="Show only the N largest lags of partitions; 0 shows all.",
    ),
    flag(
        "--max-series",
        type=click.IntRange(min=1),
        default=250_000,
        show_default=True,
        metavar="N",
        help="Metrics that would bring a cluster above it are left out, the finest first.",
    ),
    flag(
        "--lag-slo",
        "lag_slos",
        multiple=True,
        metavar="REGEX=SECONDS",
        help="How old the oldest unread record of groups in whose name this is found may be, as "
        "[[lag]] of --config and --profile say it too; the first that fits counts.",
    ),
    flag(
        "--compat",
        type=click.Choice(("kafka-exporter", "kafka-lag-exporter", "kminion", "burrow")),
        multiple=True,
        help="Serve the names of another exporter, too; may be repeated.",
    ),
)


def series_flags(function: F) -> F:
    """Add the flags of what is shown; the command gets them as `series`."""
    return cast(F, flags.bundled(function, "series", Series, _SERIES))


def shown(series: Series, profile: Profile) -> "Shown":
    """Return what the flags say, and how old the lag of groups may be by the profile.

    Raises UsageError for a pattern or limit that is none.
    """
    from kdiag.exporter.shown import Shown

    return Shown(
        groups=_pattern("--groups", series.groups),
        exclude_groups=_pattern("--exclude-groups", series.exclude_groups or _NOTHING),
        topics=_pattern("--topics", series.topics),
        exclude_topics=_pattern("--exclude-topics", series.exclude_topics or _NOTHING),
        granularity=cast("Level", series.granularity),
        top=series.top_partitions,
        max_series=series.max_series,
        lag_slos=profile.of_groups(),
    )


def slos(series: Series) -> Profile:
    """Return the objectives of --lag-slo. Raises UsageError for one that is none."""
    return Profile(lag=tuple(map(_slo, series.lag_slos)))


def _slo(text: str) -> LagRule:
    pattern, equals, seconds = text.rpartition("=")
    try:
        most = float(seconds)
    except ValueError:
        most = math.nan
    if not equals or not most > 0:
        raise UsageError(f"--lag-slo {text}: expected REGEX=SECONDS, with more than 0 seconds")
    return LagRule(_pattern("--lag-slo", pattern), seconds=most, source="--lag-slo")


def _pattern(name: str, text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise UsageError(f"{name} {text}: is no regular expression: {error}") from None
