"""What is right and looks like what is wrong: a rule says nothing of it."""

import pytest

from kdiag.lint.reading import Asked

BROKER = "process.roles=broker\nnode.id=1\n"
SINK = '{"name": "c", "config": {"connector.class": "org.example.MySink", "topics": "t"%s}}'
S3 = (
    '{"name": "c", "config": {"connector.class": "io.confluent.connect.s3.S3SinkConnector",'
    ' "topics": "t", "flush.size": "1000"%s}}'
)
TOPIC = "topics:\n  - name: %s\n    partitions: %s\n    replication_factor: %s\n    config: {%s}\n"
POSTGRES = """{"name": "pg", "config": {
  "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
  "topic.prefix": "inv", "database.hostname": "db", "database.port": "5432",
  "database.user": "dbz", "database.dbname": "inventory", "slot.name": "inv",
  "database.password": "${file:/run/secrets/db.properties:password}", "plugin.name": "pgoutput",
  "publication.autocreate.mode": "filtered", "table.include.list": "public.customers"}}"""
FRAMED = """topics:
  - name: audit
    partitions: 6
    replication_factor: 3
    config: {min.insync.replicas: 2, retention.ms: -1, retention.bytes: 1073741824}
"""

ALIKE = [
    # turned off on a controller, which serves no clients
    ("auto-create-topics", "a.properties", "process.roles=controller\nnode.id=1\n"),
    # ssl.client.auth of the listener itself
    (
        "lint-broker-security",
        "a.properties",
        f"{BROKER}listeners=SSL://:9093\nlistener.name.ssl.ssl.client.auth=required\n",
    ),
    # 0.0.0.0 is right in listeners, where it means all interfaces, and another name is advertised
    (
        "lint-broker-security",
        "a.properties",
        f"{BROKER}listeners=SASL_SSL://0.0.0.0:9093\nsasl.enabled.mechanisms=SCRAM-SHA-512\n"
        "advertised.listeners=SASL_SSL://kafka1:9093\n",
    ),
    # librdkafka has no idempotence by default, and acks=1 turns nothing off
    ("lint-client-conflict", "a.properties", "metadata.broker.list=h:9092\nacks=1\n"),
    ("lint-client-conflict", "a.properties", "enable.idempotence=false\nacks=1\nretries=0\n"),
    # exactly the sum, and exactly a third
    (
        "lint-client-conflict",
        "a.properties",
        "acks=all\nlinger.ms=100\nrequest.timeout.ms=30000\ndelivery.timeout.ms=30100\n",
    ),
    (
        "lint-client-conflict",
        "a.properties",
        "group.id=g\nsession.timeout.ms=45000\nheartbeat.interval.ms=15000\n",
    ),
    ("lint-client-conflict", "a.properties", "security.protocol=${env:P}\nsasl.mechanism=PLAIN\n"),
    ("lint-connector-dlq", "c.json", SINK % ', "errors.tolerance": "${env:TOLERANCE}"'),
    (
        "lint-connector-dlq",
        "c.json",
        '{"name": "c", "config": {"connector.class": "org.example.MySource"}}',
    ),
    ("lint-connector-required", "c.json", POSTGRES),
    ("lint-connector-secret", "c.json", POSTGRES),
    # names of files and providers are no secrets, nor is a user in a URL
    (
        "lint-connector-secret",
        "c.json",
        SINK % ', "ssl.truststore.location": "/t.p12", "connection.url": "jdbc:x://u@h/d"',
    ),
    ("lint-connector-secret", "c.json", SINK % ', "db.password": "${env:DB_PASSWORD}"'),
    # the same value twice hides nothing
    ("lint-invalid-value", "a.properties", "acks=all\nacks=all\n"),
    # what YAML's << brings may be overridden
    (
        "lint-invalid-value",
        "t.yaml",
        "x: &d {retention.ms: 1000}\ntopics:\n  - name: a\n    config: {<<: *d, retention.ms: 2}\n",
    ),
    ("lint-invalid-value", "a.properties", "queue.buffering.max.ms=5\nacks=ALL\n"),
    (
        "lint-reassignment",
        "r.json",
        '{"version": 1, "partitions": [{"topic": "a", "partition": 0, "replicas": [1, 2]},'
        ' {"topic": "b", "partition": 0, "replicas": [1, 2, 3]}]}',
    ),
    ("lint-sink-rotation", "c.json", S3 % ', "rotate.interval.ms": "600000"'),
    ("lint-sink-rotation", "c.json", S3 % ', "rotate.interval.ms": "${env:ROTATE}"'),
    ("lint-topic-definition", "t.yaml", TOPIC % ("a.b-c", -1, -1, "cleanup.policy: compact")),
    ("lint-topic-definition", "t.yaml", TOPIC % ("${TOPIC}", "${N}", 3, "")),
    # keys of plug-ins, of listeners, and of clients inside
    (
        "lint-unknown-key",
        "c.json",
        SINK % ', "value.converter.schemas.enable": "false", "producer.override.acks": "all"',
    ),
    (
        "lint-unknown-key",
        "a.properties",
        f"{BROKER}listener.name.ssl.ssl.client.auth=required\n",
    ),
    (
        "lint-unknown-key",
        "a.properties",
        "application.id=app\nbootstrap.servers=h:9092\nproducer.linger.ms=5\n",
    ),
    # two of three is what it is for, and one of one has no other
    ("min-isr-equals-rf", "t.yaml", TOPIC % ("a", 6, 1, "min.insync.replicas: 1")),
    ("min-isr-one", "t.yaml", TOPIC % ("a", 6, 1, "min.insync.replicas: 1")),
    # reached by this machine only
    ("no-authorizer", "a.properties", f"{BROKER}listeners=PLAINTEXT://[::1]:9092\n"),
    (
        "plaintext-listener",
        "a.properties",
        "process.roles=broker,controller\nnode.id=1\ncontroller.listener.names=CONTROLLER\n"
        "listeners=CLIENTS://:9093,CONTROLLER://:9094\n"
        "listener.security.protocol.map=CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT\n",
    ),
    ("quorum-size", "a.properties", f"{BROKER}controller.quorum.bootstrap.servers=a:1,b:1\n"),
    ("replication-factor-low", "t.yaml", TOPIC % ("a", 6, -1, "")),
    ("replication-factor-low", "t.yaml", TOPIC % ("a", 6, "${RF}", "")),
    ("retention-unbounded", "t.yaml", FRAMED),
    (
        "sasl-plain-unencrypted",
        "a.properties",
        f"{BROKER}listeners=SASL_SSL://:9093,SASL_PLAINTEXT://127.0.0.1:9092\n"
        "sasl.enabled.mechanisms=PLAIN\n",
    ),
    ("superuser-sprawl", "a.properties", f"{BROKER}super.users=User:ANONYMOUS-reports\n"),
    (
        "unclean-election-enabled",
        "t.yaml",
        TOPIC % ("a", 6, 3, "unclean.leader.election.enable: false"),
    ),
    # a controller has no topics of its own
    ("weak-broker-defaults", "a.properties", "process.roles=controller\nnode.id=1\n"),
    (
        "weak-tls",
        "a.properties",
        "security.protocol=SSL\nssl.protocol=TLSv1.3\nssl.endpoint.identification.algorithm=HTTPS\n",
    ),
]


@pytest.mark.parametrize(
    ("id_", "name", "text"), ALIKE, ids=[f"{id_}-{n}" for n, (id_, *_) in enumerate(ALIKE)]
)
def test_nothing_is_said_of_what_only_looks_wrong(lint, id_, name, text):
    assert lint(id_, text, name) == ("ok", [])


@pytest.mark.parametrize(
    ("goal", "text"),
    [
        ("throughput", "linger.ms=20\nbatch.size=131072\ncompression.type=zstd\nacks=all\n"),
        ("latency", "linger.ms=0\nacks=1\nenable.idempotence=false\n"),
        ("durability", "acks=-1\nenable.idempotence=true\n"),
        ("durability", "acks=${env:ACKS}\n"),
        ("durability", "group.id=g\nenable.auto.commit=false\nauto.offset.reset=none\n"),
    ],
)
def test_what_serves_its_goal_is_let_be(lint, goal, text):
    assert lint("lint-client-goal", text, asked=Asked(goal=goal)) == ("ok", [])


def test_without_a_goal_none_is_judged(lint):
    assert lint("lint-client-goal", "acks=0\n")[0] == "not_applicable"
