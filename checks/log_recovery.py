"""Brokers that are still reading their logs after a start.

After an unclean stop a broker checks every segment that was not flushed before it serves; with many
partitions that takes minutes. It looks dead meanwhile, and a restart only makes it begin again.

Reads: JMX of the brokers (remainingLogsToRecover of LogManager, Kafka 3.3 and newer, there only
while logs are loaded; BrokerState, where 2 is recovery).
"""

from kdiag.api import (
    Action,
    Facts,
    Finding,
    Said,
    check,
    count,
    rows_of,
    subject_of,
    value_by_target,
)

_LOGS, _STATE = "logs-to-recover", "broker-state"
_RECOVERY = 2


@check(area="disk", facts=(_LOGS, _STATE))
def log_recovery(facts: Facts) -> Said:
    """Brokers that load their logs and do not serve yet."""
    logs = rows_of(facts, _LOGS).groupby("target")["value"].sum().to_dict()
    states = value_by_target(facts, _STATE)
    for target in sorted({*logs, *states}):
        left = int(logs.get(target, 0))
        if left > 0 or states.get(target) == _RECOVERY:
            yield _finding(target, left)


def _finding(target: str, left: int) -> Finding:
    to_do = f"{count(left, 'log')} to go" if left else "it does not serve yet"
    return Finding(
        "info",
        subject_of(target),
        f"{target.capitalize()} is still recovering its logs: {to_do}.",
        "Until it is done it leads nothing and is out of sync; a restart would begin anew.",
        cause="It was started a short while ago, most likely after an unclean stop.",
        evidence={"logs_to_recover": left},
        actions=(
            Action(
                "Wait, and do not restart it. For the next time, more threads read in parallel "
                "(num.recovery.threads.per.data.dir), and a clean stop needs no recovery.",
                "grep -E 'Recovering|Loading|Loaded .* logs' server.log | tail",
            ),
        ),
    )
