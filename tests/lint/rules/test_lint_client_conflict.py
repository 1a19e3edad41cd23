"""Each row was tried on the clients themselves: Java's of 3.9, 4.0 and 4.4, librdkafka 2.16."""

import pytest

from kdiag.lint.reading import Asked

ID = "lint-client-conflict"
IN_FLIGHT = "max.in.flight.requests.per.connection=6\n"
ASSIGNOR = "partition.assignment.strategy="
JAVA_REFUSES = [
    ("producer", "acks=1\nenable.idempotence=TRUE\n", "of acks"),
    ("producer", "retries=0\nenable.idempotence=true\n", "of retries"),
    ("producer", IN_FLIGHT, "on by default"),
    ("producer", "acks=1\n" + IN_FLIGHT, "on by default"),
    ("producer", "transactional.id=t\nacks=1\n", "of acks"),
    ("producer", "transactional.id=t\nenable.idempotence=false\n", "transactional.id"),
    ("producer", "delivery.timeout.ms=30000\n", "= 30005"),
    ("consumer", "heartbeat.interval.ms=10000\nsession.timeout.ms=10000\n", "no less than"),
    ("consumer", "group.protocol=CONSUMER\nsession.timeout.ms=45000\n", "brokers decide"),
    ("consumer", "group.remote.assignor=uniform\n", "classic, which is the default"),
    ("consumer", ASSIGNOR + "range\n", "is no class"),
    (
        "admin",
        "request.timeout.ms=120000\ndefault.api.timeout.ms=60000\n",
        "default.api.timeout.ms=60000",
    ),
]
C_REFUSES = [
    ("acks=1\nenable.idempotence=1\n", "of acks"),
    ("max.in.flight=6\nenable.idempotence=true\n", "of max.in.flight"),
    ("delivery.timeout.ms=1000\nlinger.ms=1000\n", "no more than linger.ms=1000"),
    ("max.poll.interval.ms=10000\n", "session.timeout.ms=45000 is more"),
    ("session.timeout.ms=10000\nheartbeat.interval.ms=20000\n", "no less than"),
    ("group.protocol=consumer\ngroup.protocol.type=x\n", "brokers decide"),
    (ASSIGNOR + "sticky\n", "none of range"),
    (ASSIGNOR + "range,cooperative-sticky\n", "mixes"),
    ("fetch.max.bytes=1000\n", "message.max.bytes=1000000"),
    ("receive.message.max.bytes=1000000\n", "fetch.max.bytes + 512"),
]


def of_c(kind=None):
    return Asked(kind=kind, library="librdkafka")


@pytest.mark.parametrize(("kind", "text", "words"), JAVA_REFUSES)
def test_what_javas_clients_refuse_is_critical(worst, kind, text, words):
    severity, _, symptom = worst(ID, text, asked=Asked(kind=kind, library="java"))

    assert severity == "critical"
    assert words in symptom


@pytest.mark.parametrize(("text", "words"), C_REFUSES)
def test_what_librdkafka_refuses_or_cannot_live_with_is_critical(worst, text, words):
    severity, _, symptom = worst(ID, text, asked=of_c())

    assert severity == "critical"
    assert words in symptom


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("batch.size=2000000\n", "more than brokers take"),
        ("session.timeout.ms=1000\nheartbeat.interval.ms=300\n", "not within 6000 and 1800000"),
        ("session.timeout.ms=10000\nheartbeat.interval.ms=5000\n", "a third"),
        ("sasl.mechanism=PLAIN\n", "does not use it"),
    ],
)
def test_what_is_taken_and_does_harm_is_a_warning(worst, text, words):
    severity, _, symptom = worst(ID, text, asked=Asked(library="java"))

    assert severity == "warning"
    assert words in symptom


@pytest.mark.parametrize("text", ["acks=1\n", "retries=0\n"])
def test_what_turns_idempotence_off_is_told(lint, text):
    _, [(severity, _, symptom)] = lint(ID, text, asked=Asked(kind="producer"))

    assert severity == "info"
    assert "turns idempotence off" in symptom


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (Asked(), "acks=all\nenable.idempotence=true\nmax.in.flight.requests.per.connection=5\n"),
        (Asked(kind="producer"), IN_FLIGHT + "enable.idempotence=false\n"),
        (Asked(kind="producer"), "delivery.timeout.ms=30000\nlinger.ms=0\n"),
        (Asked(kind="producer"), "batch.size=1000000\nmax.request.size=100000\n"),
        (Asked(kind="consumer"), "session.timeout.ms=45000\nmax.poll.interval.ms=10000\n"),
        (Asked(kind="consumer"), "request.timeout.ms=120000\ndefault.api.timeout.ms=60000\n"),
        (Asked(kind="admin"), "request.timeout.ms=120000\n"),
        (Asked(kind="consumer"), "group.protocol=consumer\ngroup.remote.assignor=uniform\n"),
        (of_c(), IN_FLIGHT),
        (of_c(), "message.timeout.ms=0\nlinger.ms=10\n"),
        (of_c(), "message.max.bytes=99000000\n"),
        (of_c(), "group.remote.assignor=uniform\n"),
        (of_c(), ASSIGNOR + "cooperative-sticky\n"),
        (of_c(), "batch.size=2000000\n"),
    ],
)
def test_is_silent_on_what_clients_take(lint, asked, text):
    assert lint(ID, text, asked=asked) == ("ok", [])
