"""Definitions of topics in plain YAML."""


def topics(partitions=6, replication_factor=3, **configs):
    """Return a file with one topic that is well made, but for what is given."""
    lines = [
        "topics:",
        "  - name: orders",
        f"    partitions: {partitions}",
        f"    replication_factor: {replication_factor}",
        "    config:",
    ]
    configs = {"min_insync_replicas": 2} | configs
    lines += [f"      {key.replace('_', '.')}: {value}" for key, value in configs.items()]
    return "\n".join([*lines, ""])
