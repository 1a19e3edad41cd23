"""Topics that brokers do not show us: Metadata leaves them out without a word.

Asked for by name, it tells a topic that we may not describe (TOPIC_AUTHORIZATION_FAILED) from one
that does not exist. Names come from replicas in log directories, which Describe on the cluster
shows whatever topic they are of, and from what members of groups subscribe to; where no topic at
all is listed, `__consumer_offsets` is asked for. A principal that sees none of these cannot know
what it does not see.

Source: KafkaApis.handleTopicMetadataRequest, handleDescribeLogDirsRequest.
"""

from kdiag.errors import KdiagError
from kdiag.sections import Members, Replicas
from kdiag.snapshot import Held, Missing
from kdiag.sources.admin.metadata import Registered
from kdiag.sources.admin.outcome import missing
from kdiag.wire.cluster import Wire
from kdiag.wire.error_codes import grant

_OFFSETS_TOPIC, _RAFT_LOG = "__consumer_offsets", "__cluster_metadata"
_MOST_TOPICS = 1000


async def read_hidden_topics(
    wire: Wire, registered: Registered, replicas: Held | None, members: Held | None
) -> Missing | None:
    """Return what is missing where topics exist that are not listed, else None."""
    names = _unlisted(registered, replicas, members)
    if not names:
        return None
    asked = [{"name": name} for name in sorted(names)[:_MOST_TOPICS]]
    try:
        reply = await wire.ask(None, "Metadata", {"topics": asked})
    except KdiagError as error:
        return missing(error)
    needed = [grant("Metadata", topic.error_code, "*") for topic in reply.topics]
    hidden = [each for each in needed if each]
    if not hidden:
        return None
    if not registered.topics:
        return Missing("not a single topic is shown", hidden[0])
    least = "at least " if len(names) > _MOST_TOPICS else ""
    return Missing(f"topics that exist are not shown: {least}{len(hidden):,}", hidden[0])


def _unlisted(registered: Registered, replicas: Held | None, members: Held | None) -> set[str]:
    held = set(replicas.rows["topic"]) if isinstance(replicas, Replicas) else set()
    if isinstance(members, Members):
        held |= {topic for names in members.rows["subscription"].dropna() for topic in names}
    listed = {str(topic.name) for topic in registered.topics}
    return (held | (set() if listed else {_OFFSETS_TOPIC})) - listed - {_RAFT_LOG}
