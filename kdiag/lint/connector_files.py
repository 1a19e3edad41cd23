"""Connectors in JSON, as Connect's REST takes them, and in Strimzi's YAML."""

from collections.abc import Iterator

from kdiag.lint.files import KeyedFile, Setting
from kdiag.lint.nodes import Node
from kdiag.lint.properties import connector


def connectors_of(tree: Node, path: str) -> list[KeyedFile]:
    """Return the connectors of a document: one, or a list of them."""
    nodes = tree.elements() or [tree]
    return [_connector(node, path) for node in nodes if isinstance(node.value, dict)]


def _connector(node: Node, path: str) -> KeyedFile:
    config = node.get("config")
    if node.plain.get("kind") == "KafkaConnector":
        return _of_strimzi(node, path)
    if config is None or not isinstance(config.value, dict):
        settings = tuple(settings_in(node))
        return connector(path, settings, text_of(node.get("name")), node.place)
    place = node.key_place("config")
    settings = tuple(settings_in(config))
    name = node.get("name")
    if name is not None and not any(each.key == "name" for each in settings):
        settings = (Setting("name", text_of(name), node.key_place("name")), *settings)
    return connector(path, settings, text_of(name), place)


def _of_strimzi(node: Node, path: str) -> KeyedFile:
    meta, spec = node.get("metadata"), node.get("spec")
    name = text_of(meta.get("name")) if meta else ""
    settings = [Setting("name", name, meta.key_place("name") if meta else node.place)]
    for own, key in (("class", "connector.class"), ("tasksMax", "tasks.max")):
        if spec is not None and (found := spec.get(own)) is not None:
            settings.append(Setting(key, text_of(found), spec.key_place(own)))
    config = spec.get("config") if spec else None
    place = spec.key_place("config") if spec else node.place
    return connector(path, (*settings, *(settings_in(config) if config else ())), name, place)


def settings_in(node: Node) -> Iterator[Setting]:
    """Yield the members of a mapping as settings, with values as Kafka takes them."""
    for key, place, value in node.items():
        yield Setting(key, text_of(value), place, isinstance(value.value, (list, dict)))


def text_of(node: Node | None) -> str:
    """Return a value as Kafka takes it: words for booleans, commas between those of a list."""
    value = None if node is None else node.value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(text_of(each) for each in value)
    return "" if value is None or isinstance(value, dict) else str(value)
