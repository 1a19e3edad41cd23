import pytest

from kdiag.lab.broker import fatal

_WRAPPED = """\
[2026-11-27 10:00:01,000] ERROR Fatal error during KafkaServer startup. (kafka.server.KafkaServer)
kafka.zookeeper.ZooKeeperClientTimeoutException: Timed out waiting for connection
\tat kafka.zookeeper.ZooKeeperClient.waitUntilConnected(ZooKeeperClient.scala:254)
[2026-11-27 10:00:01,100] INFO shutting down (kafka.server.KafkaServer)
[2026-11-27 10:00:02,000] ERROR Exiting Kafka due to fatal exception during startup. (kafka.Kafka$)
"""
_CAUSED = """\
[2026-11-27 10:00:01,000] ERROR Exiting Kafka due to fatal exception (kafka.Kafka$)
org.apache.kafka.common.config.ConfigException: Invalid value
\tat kafka.Kafka.main(Kafka.scala)
Caused by: java.nio.file.NoSuchFileException: /nowhere
\t... 3 more
"""


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (_WRAPPED, "kafka.zookeeper.ZooKeeperClientTimeoutException: Timed out waiting"),
        (_CAUSED, "Caused by: java.nio.file.NoSuchFileException: /nowhere"),
        ('Exception in thread "main" java.lang.OutOfMemoryError: Java heap\n', "Exception in"),
        ("Error: Could not find or load main class kafka.Kafka\n", "Error: Could not find"),
        ("[2026] ERROR Disk is gone (kafka.log)\n[2026] INFO bye\n", "[2026] ERROR Disk"),
        ("[2026] INFO Error: handled (kafka.log.LogManager)\n", ""),
        ("", ""),
    ],
)
def test_the_cause_of_an_end_is_told_rather_than_that_it_ended(log: str, expected: str) -> None:
    assert fatal(log).startswith(expected)
    assert bool(fatal(log)) == bool(expected)
