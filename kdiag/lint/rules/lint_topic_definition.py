"""Definitions of topics that brokers refuse, or that do not say what they should.

A name has at most 249 letters, digits, dots, dashes and underscores; a dot and an underscore are
the same in names of metrics, so that two topics may collide. Partitions that are not said are those
of num.partitions, which is 1 unless somebody changed it.

Reads: definitions of topics (plain YAML, Strimzi, topicctl, Jikkou); Topic.validate of Kafka.
"""

import re
from collections.abc import Iterator

from kdiag.lint.api import Action, Finding, Said, Severity, TopicDefinition, TopicFiles, check

_NAME = re.compile(r"[A-Za-z0-9._-]{1,249}")
_POLICIES = {"delete", "compact", ""}


@check(area="files")
def lint_topic_definition(topics: TopicFiles) -> Said:
    """Topics with a name, a number or a policy that is refused, or that are there twice."""
    seen: dict[str, TopicDefinition] = {}
    for topic in topics:
        yield from _name(topic)
        yield from _numbers(topic)
        yield from _policy(topic)
        yield from _lags(topic)
        yield from _hidden(topic)
        yield from _collision(topic, seen)
        seen.setdefault(_metric(topic), topic)


def _metric(topic: TopicDefinition) -> str:
    return topic.topic.value.replace(".", "_")


def _name(topic: TopicDefinition) -> Iterator[Finding]:
    name = topic.topic.value
    if topic.topic.is_placeholder:
        return
    if not _NAME.fullmatch(name) or name in (".", ".."):
        text = f"{name!r} is no name of a topic." if name else "A topic has no name."
        impact = "Brokers refuse it: letters, digits, dot, dash and underscore, at most 249."
        yield _finding(topic, "name", "critical", text, impact, "Give it another name.")


def _numbers(topic: TopicDefinition) -> Iterator[Finding]:
    for setting, count, what in (
        (topic.partitions, topic.partition_count, "partitions"),
        (topic.replication, topic.replicas, "replication factor"),
    ):
        if setting is None or setting.is_placeholder or count == -1:
            continue
        if count is None or count < 1:
            text = f"Topic {topic.name} has {setting.value or 'nothing'} as {what}."
            do = "Write a whole number from 1, or -1 for the default of the brokers."
            impact = "Brokers refuse it."
            yield _finding(topic, what, "critical", text, impact, do, setting.place)
    if topic.partitions is None:
        text = f"Topic {topic.name} does not say how many partitions it has."
        impact = "It gets num.partitions of the brokers, by default 1: one consumer at a time."
        yield _finding(topic, "partitions", "info", text, impact, "Set partitions.")


def _policy(topic: TopicDefinition) -> Iterator[Finding]:
    policy = topic.value("cleanup.policy")
    words = {word.strip() for word in (policy or "").split(",")}
    if not words <= _POLICIES:
        text = f"cleanup.policy={policy} is none of delete, compact and compact,delete."
        setting = topic.get("cleanup.policy")
        place = setting.place if setting else topic.place
        do = "Write delete, compact, or both."
        impact = "Brokers refuse it."
        yield _finding(topic, "cleanup.policy", "critical", text, impact, do, place)


def _lags(topic: TopicDefinition) -> Iterator[Finding]:
    """How long compaction may leave a record, and how long it must."""
    least, most = (topic.number(f"{side}.compaction.lag.ms") for side in ("min", "max"))
    if least is not None and most is not None and least > most:
        text = f"min.compaction.lag.ms={least} is more than max.compaction.lag.ms={most}."
        do = "Make max.compaction.lag.ms the larger one."
        yield _finding(topic, "compaction lag", "critical", text, "Brokers refuse it.", do)


def _hidden(topic: TopicDefinition) -> Iterator[Finding]:
    for each in topic.hidden:
        text = f"{each.key} of topic {topic.name} is there twice, and {each.value} does not count."
        impact = "Whoever reads this line is wrong about what is in force."
        yield _finding(topic, f"{each.key} twice", "warning", text, impact, "Keep one.", each.place)


def _collision(topic: TopicDefinition, seen: dict[str, TopicDefinition]) -> Iterator[Finding]:
    other = seen.get(_metric(topic))
    if other is None or not topic.topic.value:
        return
    where = f"{other.path}:{other.topic.place[0]}"
    if other.topic.value == topic.topic.value:
        text, level = f"Topic {topic.name} is there twice, first in {where}.", "warning"
        impact, do = "One of the two definitions is not what is in force.", "Keep one."
    else:
        text = f"Topics {topic.name} and {other.name} ({where}) collide in names of metrics."
        level, do = "critical", "Use dots or underscores, not both."
        impact = "Brokers refuse the second one: a dot and an underscore are the same there."
    severity: Severity = "critical" if level == "critical" else "warning"
    yield _finding(topic, "name twice", severity, text, impact, do)


def _finding(
    topic: TopicDefinition,
    key: str,
    severity: Severity,
    text: str,
    impact: str,
    do: str,
    place: tuple[int, int] | None = None,
) -> Finding:
    return Finding(
        severity,
        topic.at(key, place or topic.topic.place),
        text,
        impact,
        evidence={"topic": topic.topic.value, "dialect": topic.dialect},
        actions=(Action(do),),
    )
