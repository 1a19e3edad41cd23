"""Which kinds of name can be withheld, and what belongs to each."""

from collections.abc import Mapping

KINDS: Mapping[str, tuple[str, ...]] = {
    "hosts": ("host",),
    "addresses": ("address",),
    "topics": ("topic", "topicid", "prefix"),
    "groups": ("group", "connector"),
    "clients": ("client", "member", "instance", "protocol"),
    "principals": ("principal",),
    "transactional-ids": ("transaction",),
    "paths": ("path",),
    "racks": ("rack",),
    "listeners": ("listener",),
    "cluster": ("cluster", "directory"),
}
"""Kind → what is named. A word of these begins the pseudonyms: `topic-bakodimu`.

topicid: the ids of topics. prefix: topic.prefix of connectors, which the names of their topics
begin with. connector: as the group of a sink is `connect-` and its name. protocol:
names of assignors that are not Kafka's own. listener: names of listeners that are not usual ones.
directory: ids of log directories.
"""

ALWAYS = ("value", "setting")
"""Values of settings that are neither numbers nor Kafka's own words, and keys that are not Kafka's:
they may hold any name, so they are withheld whatever kinds are chosen."""


def named_by(kinds: tuple[str, ...]) -> frozenset[str]:
    """Return what is named by the kinds, with what is always withheld."""
    return frozenset([*ALWAYS, *(word for kind in kinds for word in KINDS[kind])])


def kind_of(category: str) -> str:
    """Return the kind of what is named, `settings` for what is always withheld."""
    return next((kind for kind, named in KINDS.items() if category in named), "settings")
