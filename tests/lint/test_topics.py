"""The same topic in every dialect is the same topic."""

import pytest

from kdiag.lint.nodes import of_yaml
from kdiag.lint.topics import topics_of

PLAIN = """topics:
  - name: orders
    partitions: 6
    replication_factor: 3
    config:
      min.insync.replicas: 2
      retention.ms: 86400000
"""
BY_NAME = """topics:
  orders:
    partitions: 6
    replication-factor: 3
    configs: {min.insync.replicas: "2", retention.ms: 86400000}
"""
STRIMZI = """apiVersion: kafka.strimzi.io/v1beta2
kind: KafkaTopic
metadata:
  name: orders-of-the-shop
  labels: {strimzi.io/cluster: c}
spec:
  topicName: orders
  partitions: 6
  replicas: 3
  config: {min.insync.replicas: 2, retention.ms: 86400000}
"""
TOPICCTL = """meta:
  name: orders
  cluster: c
  environment: e
  region: r
spec:
  partitions: 6
  replicationFactor: 3
  retentionMinutes: 1440
  placement: {strategy: any}
  settings: {min.insync.replicas: 2}
"""
JIKKOU = """apiVersion: kafka.jikkou.io/v1beta2
kind: KafkaTopic
metadata:
  name: orders
spec:
  partitions: 6
  replicas: 3
  configs: {min.insync.replicas: 2, retention.ms: 86400000}
"""
JIKKOU_LIST = """apiVersion: kafka.jikkou.io/v1beta2
kind: KafkaTopicList
items:
  - kind: KafkaTopic
    apiVersion: kafka.jikkou.io/v1beta2
    metadata: {name: orders}
    spec:
      partitions: 6
      replicas: 3
      configs: {min.insync.replicas: 2, retention.ms: 86400000}
"""


@pytest.mark.parametrize(
    ("text", "dialect", "lines"),
    [
        (PLAIN, "plain", (2, 3, 4)),
        (BY_NAME, "plain", (2, 3, 4)),
        (STRIMZI, "strimzi", (7, 8, 9)),
        (TOPICCTL, "topicctl", (2, 7, 8)),
        (JIKKOU, "jikkou", (4, 6, 7)),
        (JIKKOU_LIST, "jikkou", (6, 8, 9)),
    ],
    ids=["plain", "by name", "strimzi", "topicctl", "jikkou", "list of jikkou"],
)
def test_a_dialect_says_the_same_in_its_own_lines(text, dialect, lines):
    [tree] = of_yaml(text, "t.yaml")

    [topic] = topics_of(tree, "t.yaml")

    assert (topic.topic.value, topic.dialect) == ("orders", dialect)
    assert (topic.partition_count, topic.replicas) == (6, 3)
    assert {s.key: s.value for s in topic.settings} == {
        "min.insync.replicas": "2",
        "retention.ms": "86400000",
    }
    places = (topic.topic.place, topic.partitions.place, topic.replication.place)
    assert tuple(line for line, _ in places) == lines
