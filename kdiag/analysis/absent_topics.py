"""Topics that members of groups subscribe to, and that do not exist.

Members name what they want whether it is there or not (Java's consumer with both protocols,
librdkafka with that of KIP-848). Who subscribes by a pattern names nothing.
"""

from collections.abc import Iterator
from typing import Any

from kdiag.check import Earlier, derive
from kdiag.sections import Groups, Members, Topics
from kdiag.snapshot import Missing, Table


class AbsentTopics(Table):
    """One row a group and topic that its members named in two samples and that was in neither.

    members: how many name it. other_topics: how many topics that exist they name. Streams groups
    are left out: they tell themselves which of their topics are missing (NotReady).
    """

    noun = "topics that are waited for"
    needs_rows = False
    columns = {"group": "str", "topic": "str", "members": "int", "other_topics": "int"}


@derive()
def absent_topics(
    groups: Groups,
    members: Members,
    topics: Topics,
    members_before: Earlier[Members] | None,
    topics_before: Earlier[Topics] | None,
) -> AbsentTopics | Missing:
    """Compare what members subscribe to with the topics of both samples."""
    rows = list(_rows(_named(groups, members), set(topics.rows["topic"])))
    if not rows:
        return AbsentTopics.of()
    for why in topics.errors.values():
        return why
    if members_before is None or topics_before is None:
        return Missing("only one sample was taken", "--sample-seconds")
    before = _rows(_named(groups, members_before), set(topics_before.rows["topic"]))
    lasting = {(row["group"], row["topic"]) for row in before}
    return AbsentTopics.from_rows([row for row in rows if (row["group"], row["topic"]) in lasting])


def _named(groups: Groups, members: Members) -> dict[str, dict[str, int]]:
    """Return group → topic → how many of its members name it."""
    kinds = groups.rows.loc[groups.rows["protocol_type"] != "streams", "group"]
    rows = members.rows[members.rows["group"].isin(kinds)].dropna(subset="subscription")
    found: dict[str, dict[str, int]] = {}
    for name, subscription in zip(rows["group"], rows["subscription"], strict=True):
        theirs = found.setdefault(name, {})
        for topic in subscription:
            theirs[topic] = theirs.get(topic, 0) + 1
    return found


def _rows(named: dict[str, dict[str, int]], there: set[str]) -> Iterator[dict[str, Any]]:
    for name, theirs in named.items():
        absent = theirs.keys() - there
        for topic in sorted(absent):
            others = len(theirs) - len(absent)
            told = {"members": theirs[topic], "other_topics": others}
            yield {"group": name, "topic": topic, **told}
