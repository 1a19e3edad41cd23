"""Topics whose names do not follow the rule that was set for them.

Names are all that tells owner and purpose of a topic, and prefixed ACLs and quotas go by them. Off
until a rule is given. Internal topics, and those that Connect, Schema Registry and Kafka Streams
make, are left out.

Reads: Metadata (names of topics).
"""

import re

from kdiag.api import (
    Action,
    Finding,
    NotApplicable,
    Said,
    Topics,
    check,
    is_made_by_software,
    topic,
)


@check(area="topics")
def naming_policy(topics: Topics, *, topics_regex: str = "", exempt_regex: str = "") -> Said:
    r"""Topics outside the naming rule.

    topics_regex: what the whole name must be like, by regular expression; empty is no rule. For
        domain.entity.event: `[a-z0-9-]+\.[a-z0-9-]+\.[a-z0-9-]+`.
    exempt_regex: names that need not follow it, searched for anywhere; empty for none.
    """
    if not topics_regex:
        yield NotApplicable("no rule for names was given (topics_regex)")
        return
    rule = re.compile(topics_regex)
    for name, is_internal in zip(topics.rows["topic"], topics.rows["is_internal"], strict=True):
        if is_internal or is_made_by_software(name) or rule.fullmatch(name):
            continue
        if not (exempt_regex and re.search(exempt_regex, name)):
            yield _finding(name, topics_regex)


def _finding(name: str, rule: str) -> Finding:
    return Finding(
        "info",
        topic(name),
        f"Topic {name} does not follow the naming rule.",
        "Rights and quotas by prefix may miss it, and nobody sees whose it is.",
        cause="Its name does not fit topics_regex.",
        evidence={"rule": rule},
        actions=(
            Action(
                "Topics cannot be renamed: make one that fits, let writers and then readers "
                "move, and delete this one; or name it in exempt_regex.",
            ),
        ),
    )
