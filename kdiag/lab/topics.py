"""Topics of a lab, as faults need them."""

from collections.abc import Mapping

from kdiag.lab.clients import topic_metadata
from kdiag.lab.lab import Lab


def override(lab: Lab, topic: str, configs: Mapping[str, str]) -> None:
    """Override configuration keys of a topic, which is created with some records if missing."""
    if topic_metadata(lab.admin(), topic) is None:
        lab.create_topic(topic)
        lab.produce(topic, 100)
    lab.alter_config("topic", topic, configs)
