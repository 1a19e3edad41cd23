"""Messages that brokers refused as too large between two samples."""

from kdiag.analysis.facts import FactDeltas, rows_of
from kdiag.check import derive
from kdiag.snapshot import Table

_BYTES, _ERRORS = "bytes-rejected", "request-errors"
_TOO_LARGE = ("MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE")


class RefusedMessages(Table):
    """One row a topic of which messages were refused as too large.

    refused_bytes: of whole requests, on all brokers. Where no topic is told but Produce requests
    failed so, one row a broker: topic is None, refused_requests how many.
    """

    noun = "topics with refused messages"
    needs_rows = False
    columns = {
        "topic": "str",
        "target": "str",
        "refused_bytes": "float",
        "refused_requests": "float",
    }


@derive(facts=(_BYTES, _ERRORS))
def refused_messages(deltas: FactDeltas) -> RefusedMessages:
    """Sum the bytes by topic; fall back on the errors, which batches beyond a segment are, too."""
    rows = rows_of(deltas, _BYTES)
    rows = rows[rows["topic"].notna() & (rows["delta"] > 0)]
    found = [
        {"topic": topic, "refused_bytes": held}
        for topic, held in rows.groupby("topic")["delta"].sum().items()
    ]
    return RefusedMessages.from_rows(found or _by_broker(deltas))


def _by_broker(deltas: FactDeltas) -> list[dict[str, object]]:
    rows = rows_of(deltas, _ERRORS)
    rows = rows[rows["error"].isin(_TOO_LARGE) & (rows["request"] == "Produce")]
    sums = rows[rows["delta"] > 0].groupby("target")["delta"].sum()
    return [{"target": target, "refused_requests": number} for target, number in sums.items()]
