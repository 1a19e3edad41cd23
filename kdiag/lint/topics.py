"""Definitions of topics: plain YAML, Strimzi's KafkaTopic, topicctl, Jikkou.

Plain: `topics:` with a list of `name`, `partitions`, `replication_factor` and `config`, or a
mapping of names to the rest; keys may be written with - or in camelCase, too.
"""

from collections.abc import Iterator

from kdiag.lint.connector_files import settings_in, text_of
from kdiag.lint.files import Setting, TopicDefinition
from kdiag.lint.nodes import Node, Place

_PARTITIONS = ("partitions", "partition_count", "num_partitions", "num-partitions")
_REPLICATION = (
    "replication_factor",
    "replicationFactor",
    "replication-factor",
    "replicas",
    "replication",
)
_CONFIGS = ("config", "configs", "settings", "topic_config")
_MINUTE_MS = 60_000


def topics_of(tree: Node, path: str) -> list[TopicDefinition]:
    """Return the topics of a document."""
    plain = tree.plain if isinstance(tree.value, dict) else {}
    if plain.get("kind") == "KafkaTopicList":
        items = (tree.get("items") or tree).elements()
        spec = tree.get("spec")
        inner = spec.get("topics") if spec else None
        items = [*items, *(inner.elements() if inner else ())]
        return [made for item in items for made in _listed(item, path)]
    if plain.get("kind") == "KafkaTopic":
        dialect = "jikkou" if "jikkou" in str(plain.get("apiVersion")) else "strimzi"
        return list(_of_parts(tree, tree.get("metadata"), dialect, path))
    if isinstance(plain.get("meta"), dict):
        return list(_of_parts(tree, tree.get("meta"), "topicctl", path))
    return list(_plain(tree, path))


def _listed(item: Node, path: str) -> list[TopicDefinition]:
    """Return the topics of an item in a list of Jikkou's, which need not say its kind."""
    meta = item.get("metadata")
    if meta is not None and item.get("kind") is None:
        return list(_of_parts(item, meta, "jikkou", path))
    return topics_of(item, path)


def _of_parts(tree: Node, meta: Node | None, dialect: str, path: str) -> Iterator[TopicDefinition]:
    spec = tree.get("spec")
    name = meta.get("name") if meta else None
    place = meta.key_place("name") if meta and name else tree.place
    topic = Setting("name", text_of(name), place)
    if spec is not None and (other := spec.get("topicName")) is not None:
        topic = Setting("topicName", text_of(other), spec.key_place("topicName"))
    if spec is not None:
        yield _topic(topic, spec, dialect, path)


def _plain(tree: Node, path: str) -> Iterator[TopicDefinition]:
    held = tree.get("topics") or tree
    if held is tree and not isinstance(tree.value, list):
        yield _topic(_named(tree), tree, "plain", path)
    for node in held.elements():
        if isinstance(node.value, dict):
            yield _topic(_named(node), node, "plain", path)
        else:
            yield _topic(Setting("name", text_of(node), node.place), node, "plain", path)
    if held is not tree:
        for key, place, node in held.items():
            yield _topic(Setting("name", key, place), node, "plain", path, place)


def _named(node: Node) -> Setting:
    return Setting("name", text_of(node.get("name")), node.key_place("name"))


def _topic(
    topic: Setting, spec: Node, dialect: str, path: str, place: Place | None = None
) -> TopicDefinition:
    return TopicDefinition(
        path=path,
        kind="topic",
        settings=tuple(_configs(spec)),
        tables=("topic",),
        name=topic.value,
        place=place or topic.place,
        topic=topic,
        partitions=_first(spec, _PARTITIONS),
        replication=_first(spec, _REPLICATION),
        dialect=dialect,
        hidden=tuple(Setting(key, text_of(value), at) for key, at, value in spec.hidden),
    )


def _configs(spec: Node) -> Iterator[Setting]:
    for name in _CONFIGS:
        if (held := spec.get(name)) is not None:
            yield from settings_in(held)
    minutes = spec.get("retentionMinutes")
    if minutes is not None and isinstance(minutes.value, int):
        value = str(minutes.value * _MINUTE_MS)
        yield Setting("retention.ms", value, spec.key_place("retentionMinutes"))


def _first(spec: Node, names: tuple[str, ...]) -> Setting | None:
    for name in names:
        if (found := spec.get(name)) is not None:
            return Setting(name, text_of(found), spec.key_place(name))
    return None
