"""From patterns to the names of a cluster: the section that checks read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from kdiag.profiles.profile import LagRule, Profile, TopicRule
from kdiag.sections import Commits, Expectations, Topics
from kdiag.snapshot import Missing, Section, Snapshot

Rows = Iterator[dict[str, Any]]


def expecting(snapshot: Snapshot, profile: Profile) -> Snapshot:
    """Return the snapshot with what the profile expects of its topics and groups.

    An empty profile leaves what the snapshot has: a saved one may have been taken with a profile.
    """
    topics = snapshot.get(Topics)
    if not profile or not isinstance(topics, Topics):
        return snapshot
    commits = snapshot.get(Commits)
    made = Expectations.from_rows(
        [*_of_topics(profile, topics, commits), *_of_groups(profile, commits)],
        read_at=topics.read_at,
        errors=_unread(profile, commits),
    )
    return replace(snapshot, sections={**snapshot.sections, Expectations: made})


def _unread(profile: Profile, commits: Any) -> Mapping[str, Missing]:
    """Return why rules about groups have no rows, where they should."""
    if isinstance(commits, Section) or not profile.lag:
        return {}
    reason = commits.reason if isinstance(commits, Missing) else "there are none"
    return {"committed offsets": Missing(reason, getattr(commits, "grant", None))}


def _of_topics(profile: Profile, topics: Topics, commits: Any) -> Rows:
    """Yield each thing that is expected of each topic, by the first rule that says so."""
    names = sorted(topics.rows["topic"])
    told: set[tuple[str, str]] = set()
    for rule in profile.topics:
        fitting = [name for name in names if rule.pattern.search(name)]
        if not fitting and rule.is_required:
            yield {"what": "topic", "pattern": rule.pattern.pattern, "source": rule.source}
        for topic in fitting:
            for row in _of_topic(rule, topic, commits):
                if (topic, row["what"]) not in told:
                    yield {"topic": topic, "source": rule.source, **row}
            told |= {(topic, what) for what, _ in rule.wanted}


def _of_topic(rule: TopicRule, topic: str, commits: Any) -> Rows:
    for what, wanted in rule.wanted:
        if isinstance(wanted, tuple):
            names = tuple(form.replace("{topic}", topic) for form in wanted)
            yield {"what": what, "wanted": "1", "names": names}
        else:
            yield {"what": what, "wanted": _text(wanted)}
    if rule.cold_sink is not None and isinstance(commits, Commits):
        readers = commits.rows.loc[commits.rows["topic"] == topic, "group"].unique()
        for group in sorted(readers):
            if rule.cold_sink.search(group):
                yield {"what": "cold_sink", "wanted": "1", "group": group}


def _text(value: float | str) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _of_groups(profile: Profile, commits: Any) -> Rows:
    """Yield how far each group may be behind on each topic that it commits for."""
    if not profile.lag or not isinstance(commits, Commits):
        return
    pairs = commits.rows[["group", "topic"]].drop_duplicates().sort_values(["group", "topic"])
    finds = _finder()
    for group, topic in pairs.itertuples(index=False, name=None):
        fitting = [rule for rule in profile.lag if _fits(rule, group, topic, finds)]
        for what in ("seconds", "records"):
            rule = next((each for each in fitting if getattr(each, what) is not None), None)
            if rule is not None:
                yield {
                    "topic": topic,
                    "group": group,
                    "what": f"lag_{what}",
                    "wanted": _text(getattr(rule, what)),
                    "source": rule.source,
                }


def _finder() -> Any:
    """Return what searches a name, and remembers the answer: names come again and again."""

    @cache
    def finds(pattern: re.Pattern[str], name: str) -> bool:
        return pattern.search(name) is not None

    return finds


def _fits(rule: LagRule, group: str, topic: str, finds: Any) -> bool:
    return finds(rule.groups, group) and (rule.topics is None or finds(rule.topics, topic))
