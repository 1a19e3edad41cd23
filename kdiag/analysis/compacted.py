"""Which topics are compacted."""

from kdiag.analysis.durability import config_by_topic
from kdiag.sections import TopicConfigs


def compacted_topics(configs: TopicConfigs) -> set[str]:
    """Return the topics whose cleanup.policy has compact, alone or beside delete."""
    policies = config_by_topic(configs, "cleanup.policy")
    return {topic for topic, policy in policies.items() if "compact" in policy.split(",")}
