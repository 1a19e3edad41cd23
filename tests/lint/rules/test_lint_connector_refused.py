import pytest

from kdiag.lint.judge import judge
from kdiag.lint.reading import Asked, read_files
from kdiag.lint.validations import NoPlugin
from kdiag.registry import RULES, load_checks
from kdiag.snapshot import Missing

ID = "lint-connector-refused"
POSTGRES = """{"name": "shop", "config": {
  "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
  "database.hostname": "db",
  "database.password": "hunter22"
}}"""
PORTS = POSTGRES.replace('"db",', '"db",\n  "database.port": "5433",')
DIALLED = "Error while validating connector config: "


def saying(**errors):
    return Asked(validate=lambda file: {key: (text,) for key, text in errors["told"].items()})


@pytest.mark.parametrize(
    ("told", "text", "line"),
    [
        ({"topic.prefix": "The 'topic.prefix' value is invalid: A value is required"}, POSTGRES, 1),
        ({"database.hostname": DIALLED + "Connection to db:5432 refused."}, POSTGRES, 1),
        ({"database.hostname": DIALLED + "Connection to db:5433 refused."}, PORTS, 3),
        ({"database.hostname": DIALLED + "FATAL: password authentication failed"}, POSTGRES, 4),
        ({"database.hostname": DIALLED + 'FATAL: database "x" does not exist'}, POSTGRES, 1),
        ({"database.hostname": "The 'database.hostname' value is invalid"}, POSTGRES, 3),
    ],
)
def test_each_error_is_at_the_key_that_it_is_about(lint, told, text, line):
    status, [(severity, at, symptom)] = lint(ID, text, "c.json", saying(told=told))

    assert (status, severity, at) == ("problem", "critical", line)
    [words] = told.values()
    assert words.rstrip(".") in symptom


def test_is_silent_where_the_worker_accepts_all(lint):
    assert lint(ID, POSTGRES, "c.json", saying(told={})) == ("ok", [])


def test_does_not_apply_where_no_worker_is_asked(lint):
    assert lint(ID, POSTGRES, "c.json") == ("not_applicable", [])


def test_a_worker_that_does_not_answer_is_no_consent(lint):
    silent = Asked(validate=lambda file: Missing("Kafka Connect at http://w did not answer"))

    assert lint(ID, POSTGRES, "c.json", silent) == ("unknown", [])


def test_a_class_that_the_worker_lacks_is_no_bad_key(lint):
    status, [(severity, line, symptom)] = lint(
        ID, POSTGRES, "c.json", Asked(validate=lambda file: NoPlugin())
    )

    assert (status, severity, line) == ("problem", "critical", 2)
    assert "has no plug-in io.debezium.connector.postgresql.PostgresConnector" in symptom


def test_secrets_that_a_worker_repeats_are_left_out(lint):
    told = {
        "database.password": "Value resolved-elsewhere is too short",
        "database.hostname": "hunter22 is no good",
    }

    _, found = lint(ID, POSTGRES, "c.json", saying(told=told))

    symptoms = " ".join(symptom for *_, symptom in found)
    assert "resolved-elsewhere" not in symptoms
    assert "hunter22" not in symptoms


def test_what_the_file_tells_by_itself_stands_above_what_the_worker_says_of_it(tmp_path):
    """Both name topic.prefix: one finding, with the other below it."""
    path = tmp_path / "c.json"
    path.write_text(POSTGRES)
    asked = saying(told={"topic.prefix": "The 'topic.prefix' value is invalid"})
    report = judge(read_files([str(path)], asked), load_checks(RULES).checks, {})

    [refused] = [item for item in report.findings if item.check == ID]
    assert not refused.is_root
