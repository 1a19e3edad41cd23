import pytest

ID = "lint-broker-security"
FIRES = (
    "process.roles=broker\n"
    "node.id=1\n"
    "authorizer.class.name=kafka.security.authorizer.AclAuthorizer\n"
)
SILENT = (
    "process.roles=broker\n"
    "node.id=1\n"
    "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\n"
)


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "a.properties")

    assert (severity, line) == ("critical", 3)
    assert "AclAuthorizer" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])


BROKER = "process.roles=broker\nnode.id=1\ncontroller.listener.names=CONTROLLER\n"
HERE = "listeners=PLAINTEXT://0.0.0.0:9092\n"


@pytest.mark.parametrize(
    ("text", "severity", "words"),
    [
        (HERE, "critical", "listeners tells clients of PLAINTEXT to dial 0.0.0.0"),
        (
            HERE + "advertised.listeners=PLAINTEXT://0.0.0.0:9092\n",
            "critical",
            "advertised.listeners tells clients of PLAINTEXT to dial 0.0.0.0",
        ),
        ("advertised.listeners=PLAINTEXT://[::]:9092\n", "warning", "to dial [::]"),
        ("listeners=SASL_SSL://b:9092\n", "warning", "sasl.enabled.mechanisms is not set"),
    ],
)
def test_what_keeps_a_broker_from_starting_or_its_clients_away(worst, text, severity, words):
    found = worst(ID, BROKER + text)

    assert found[0] == severity
    assert words in found[2]


@pytest.mark.parametrize(
    "text",
    [
        HERE + "advertised.listeners=PLAINTEXT://kafka-1:9092\n",
        HERE + "advertised.listeners=${env:ADVERTISED}\n",
        "listeners=PLAINTEXT://:9092\n",
        "listeners=PLAINTEXT://kafka-1:9092,CONTROLLER://0.0.0.0:9093\n",
        HERE.replace("PLAINTEXT", "CONTROLLER") + "process.roles=controller\n",
    ],
)
def test_all_interfaces_are_right_where_nobody_is_told_to_dial_them(lint, text):
    assert lint(ID, BROKER + text) == ("ok", [])
