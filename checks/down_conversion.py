"""Topics that brokers convert to an older format for old consumers.

A consumer that does not know the message format of a topic gets its records converted: the broker
loads them into its heap, so it loses zero-copy and takes memory and processor time for each read.
Kafka 4.0 dropped old formats and this conversion (KIP-724); what producers send in old formats is
converted too (ProduceMessageConversionsPerSec), but that is another, smaller cost and not told
here.

Reads: JMX (FetchMessageConversionsPerSec) in two samples.
"""

from kdiag.api import Action, FactDeltas, Finding, Growth, Said, check, growths, listed


@check(area="topics", facts=("fetch-conversions",))
def down_conversion(deltas: FactDeltas, *, converted_per_second: float = 0.0) -> Said:
    """Topics whose records brokers convert for old consumers.

    converted_per_second: answers that are converted; 0 by default, as none is needed where
        clients are newer than 0.11.
    """
    for growth in growths(deltas, "fetch-conversions"):
        if growth.per_second > converted_per_second:
            yield _finding(growth)


def _finding(growth: Growth) -> Finding:
    return Finding(
        "info",
        growth.subject,
        f"Records of {growth.name} are converted for old consumers, {growth.per_second:,.1f} times "
        f"a second on {listed(growth.targets)}."
        if growth.topic_name
        else f"{growth.targets[0].capitalize()} converts records for old consumers, "
        f"{growth.per_second:,.1f} times a second.",
        "Each read takes heap and processor time of the broker, and Kafka 4.0 refuses such "
        "clients.",
        cause="Some consumer is older than the message format (0.11 or older).",
        evidence={
            "converted_per_second": round(growth.per_second, 2),
            "brokers": list(growth.targets),
        },
        actions=(
            Action(
                "Find the consumers and upgrade them: RequestsPerSec of RequestMetrics with "
                "request=Fetch and a version below 4 counts them; deprecated-clients names their "
                "software since 3.7."
            ),
        ),
    )
