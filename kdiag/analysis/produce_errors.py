"""Why brokers refused writes between two samples, by error code.

A broker counts the error code of each partition of each answer, NONE for those that went well
(RequestMetrics ErrorsPerSec, RequestChannel.updateErrorMetrics of Kafka).
"""

from dataclasses import dataclass

from kdiag.analysis.facts import FactDeltas, rows_of
from kdiag.check import Earlier, derive
from kdiag.sections import Partitions
from kdiag.snapshot import Table


@dataclass(frozen=True, slots=True)
class Code:
    """What an error code means for a producer, and what to do. passing: it heals by itself.

    Clients that meet a passing one read the metadata anew and send again.
    """

    why: str
    fix: str
    passing: bool = False


_LEADER = Code(
    "Producers sent to a broker that does not lead the partition.",
    "See whether leaders keep moving, and whether producers reach all brokers for metadata.",
    passing=True,
)
_REPLICAS = Code(
    "Partitions have fewer in-sync replicas than min.insync.replicas.",
    "Bring back the brokers that are out of sync (see under-min-isr).",
)

PRODUCE_CODES: dict[str, Code] = {
    "NOT_LEADER_OR_FOLLOWER": _LEADER,
    "LEADER_NOT_AVAILABLE": _LEADER,
    "UNKNOWN_TOPIC_OR_PARTITION": Code(
        "Producers write to a topic or partition that this broker does not have.",
        "See whether a topic was deleted while producers still write to it.",
        passing=True,
    ),
    "REQUEST_TIMED_OUT": Code(
        "Followers did not confirm acks=all writes within the request's timeout.",
        "See slow-follower and isr-flapping; the write may have been kept, so it may be repeated.",
    ),
    "TOPIC_AUTHORIZATION_FAILED": Code(
        "A principal writes to a topic without the right to.",
        "Find the principal in kafka-authorizer.log; grant it Write on the topic, or stop it.",
    ),
    "TRANSACTIONAL_ID_AUTHORIZATION_FAILED": Code(
        "A principal uses a transactional id without the right to.",
        "Grant it Write and Describe on the transactional id.",
    ),
    "MESSAGE_TOO_LARGE": Code(
        "A batch is larger than max.message.bytes; a batch of several records is split and sent "
        "again, a single record is lost.",
        "Lower batch.size of the producer, or send large payloads by reference.",
    ),
    "INVALID_RECORD": Code(
        "A record breaks a rule of its topic: no key on a compacted topic, a timestamp out of "
        "bounds, or a malformed batch.",
        "See compaction-without-keys, and the broker's server.log for the topic.",
    ),
    "INVALID_TIMESTAMP": Code(
        "A record's timestamp is further from the broker's clock than "
        "message.timestamp.before.max.ms or message.timestamp.after.max.ms allow.",
        "Compare the clocks of producer and broker; look for seconds or microseconds sent as "
        "milliseconds.",
    ),
    "NOT_ENOUGH_REPLICAS": _REPLICAS,
    "NOT_ENOUGH_REPLICAS_AFTER_APPEND": _REPLICAS,
    "CORRUPT_MESSAGE": Code(
        "A batch does not fit its checksum, or its format is wrong.", "See corrupt-records."
    ),
    "OUT_OF_ORDER_SEQUENCE_NUMBER": Code(
        "An idempotent producer skipped a sequence number: a batch before it was lost or expired.",
        "Look for expired batches in the producer's log; raise its delivery.timeout.ms.",
    ),
    "UNKNOWN_PRODUCER_ID": Code(
        "The broker no longer knows the producer: its records were deleted by retention, or its "
        "id expired.",
        "Upgrade clients older than 2.5; compare retention with how often the producer writes.",
    ),
    "INVALID_PRODUCER_EPOCH": Code(
        "A newer producer with the same transactional id took over.", "See fenced-producers."
    ),
    "KAFKA_STORAGE_ERROR": Code(
        "The broker cannot write to the log directory of the partition.",
        "See log-dir-offline, and the first input or output error in server.log.",
    ),
    "UNSUPPORTED_VERSION": Code(
        "A client speaks a version of Produce that this broker does not.", "Upgrade the client."
    ),
}
"""Error code → what it means. Source: the table of error codes in Kafka's protocol guide."""

OTHER_CODE = Code("", "Look the code up in Kafka's protocol guide, and in the producer's log.")
_USUAL = frozenset(("NONE", "CONCURRENT_TRANSACTIONS"))
"""No errors: a producer that begins a transaction before the markers of its last one are written is
told CONCURRENT_TRANSACTIONS, and sends again after milliseconds (KIP-890). Every application with
exactly-once meets it; a transaction that stays is told by the checks of transactions."""

NO_REPLICAS = frozenset(("NOT_ENOUGH_REPLICAS", "NOT_ENOUGH_REPLICAS_AFTER_APPEND"))


class ProduceErrors(Table):
    """One row a broker and error code of Produce that it gave between the samples.

    number: partitions that it was given for. ratio: of all partitions that were written to.
    is_passing: producers recover from it by themselves. is_moving: leaders moved meanwhile.
    """

    noun = "error codes"
    needs_rows = False
    columns = {
        "target": "str",
        "error": "str",
        "number": "float",
        "ratio": "float",
        "seconds": "float",
        "is_passing": "bool",
        "is_moving": "bool",
    }


@derive(facts=("request-errors",))
def produce_errors(
    deltas: FactDeltas, partitions: Partitions | None, before: Earlier[Partitions] | None
) -> ProduceErrors:
    """Return which codes grew, and which part of the answers each is."""
    rows = rows_of(deltas, "request-errors")
    rows = rows[(rows["request"] == "Produce") & (rows["delta"] > 0)]
    total = rows.groupby("target")["delta"].transform("sum")
    passing = {name for name, code in PRODUCE_CODES.items() if code.passing}
    rows = rows.assign(
        number=rows["delta"],
        ratio=rows["delta"] / total,
        is_passing=rows["error"].isin(passing),
        is_moving=len(rows) > 0 and _has_moved(partitions, before),
    )
    kept = rows.loc[~rows["error"].isin(_USUAL), list(ProduceErrors.columns)]
    return ProduceErrors(rows=kept.reset_index(drop=True), errors=deltas.errors)


def _has_moved(partitions: Partitions | None, before: Partitions | None) -> bool:
    """Tell whether some partition got another leader between the samples."""
    if partitions is None or before is None:
        return False
    return bool(_epochs(partitions) - _epochs(before))


def _epochs(partitions: Partitions) -> set[tuple[object, ...]]:
    names = ("topic", "partition", "leader", "leader_epoch")
    return set(zip(*(partitions.rows[name].tolist() for name in names), strict=True))
