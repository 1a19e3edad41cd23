"""Brokers that make a topic for every name that a client asks for.

A mistyped name makes a topic with the brokers' defaults, and nobody notices that its records are
read by nobody. It is on unless it is turned off.

Reads: server.properties (auto.create.topics.enable).
"""

from kdiag.lint.api import Action, BrokerFiles, Finding, Said, check

_KEY = "auto.create.topics.enable"


@check(area="topics")
def auto_create_topics(brokers: BrokerFiles) -> Said:
    """Brokers on which clients make topics by naming them."""
    for file in brokers:
        if "broker" not in (file.value("process.roles") or "broker") or not file.is_on(_KEY):
            continue
        is_set = _KEY in file
        yield Finding(
            "warning" if is_set else "info",
            file.subject(_KEY),
            f"{_KEY} is on{'' if is_set else ', since it is not set'}: a mistyped name makes a "
            "topic.",
            "Topics appear with the defaults of brokers, and records go where nobody reads.",
            evidence={"key": _KEY, "is_set": is_set},
            actions=(
                Action(
                    f"Make the topics that are in use, then set {_KEY}=false.", None, "disruptive"
                ),
            ),
        )
