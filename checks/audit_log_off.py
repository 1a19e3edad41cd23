"""Brokers that do not log what they denied.

Kafka's authorizers write denials to the logger kafka.authorizer.logger at level INFO, and what they
allowed at DEBUG. At WARN and above nobody sees who tried what, and a client that lacks a grant is
hard to help.

Reads: DescribeConfigs (loggers of the brokers, authorizer.class.name), DescribeAcls.
"""

from kdiag.api import (
    Action,
    BrokerConfigs,
    BrokerLoggers,
    EnforcedAcls,
    Finding,
    NotApplicable,
    Said,
    broker,
    check,
)

_LOGGER = "kafka.authorizer.logger"
_CLASS = "authorizer.class.name"
_KAFKAS = ("org.apache.kafka.", "kafka.security.")
_SILENT = ("WARN", "ERROR", "FATAL", "OFF")


@check(area="security", configs=(_CLASS,))
def audit_log_off(loggers: BrokerLoggers, configs: BrokerConfigs, acls: EnforcedAcls) -> Said:
    """Brokers whose log hides denials."""
    rows = configs.only("key", _CLASS)
    kafkas = rows[rows["value"].fillna("").str.startswith(_KAFKAS)]
    if kafkas.empty:
        yield NotApplicable("the authorizer is not Kafka's own, and may log elsewhere")
    levels = loggers.rows[loggers.rows["logger"] == _LOGGER]
    silent = levels[levels["level"].isin(_SILENT) & levels["broker"].isin(kafkas["broker"])]
    for row in silent.itertuples():
        yield Finding(
            "info",
            broker(row.broker),
            f"Broker {row.broker} does not log denials: {_LOGGER} is at {row.level}.",
            "Attempts to get at what is forbidden go unseen, and a client that lacks a grant "
            "leaves no trace.",
            evidence={"logger": _LOGGER, "level": row.level},
            actions=(
                Action(
                    "Set it to INFO now, and in the log4j file of the broker for after a restart.",
                    "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
                    "broker-loggers --entity-name {broker} --add-config {key}=INFO",
                    "safe",
                    {"broker": row.broker, "key": _LOGGER},
                ),
            ),
        )
