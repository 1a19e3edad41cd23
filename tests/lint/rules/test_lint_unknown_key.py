ID = "lint-unknown-key"
FIRES = "acks=all\nlingr.ms=5\n"
SILENT = "acks=all\nlinger.ms=5\nschema.registry.url=http://r\n"


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "a.properties")

    assert (severity, line) == ("warning", 2)
    assert "lingr.ms" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])


def test_what_is_gone_from_topics_brokers_refuse_from_then_on(worst):
    text = "topics:\n  - name: a\n    config:\n      message.timestamp.difference.max.ms: 100\n"

    severity, line, symptom = worst(ID, text, "t.yaml")

    assert (severity, line) == ("warning", 4)
    assert "is gone: Kafka 3.9 has it, 4.0 does not" in symptom


def test_what_the_authorizer_and_reporters_read_is_known(lint):
    text = "process.roles=broker\nnode.id=1\nsuper.users=User:a\n"
    text += "allow.everyone.if.no.acl.found=false\ncruise.control.metrics.topic=m\n"

    assert lint(ID, text) == ("ok", [])


def test_names_of_spring_are_not_judged_and_not_called_without_effect(lint):
    _, [(severity, line, symptom)] = lint(ID, "acks=all\nspring.kafka.producer.acks=1\n")

    assert (severity, line) == ("info", 2)
    assert "was not judged" in symptom
