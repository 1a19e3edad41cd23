import pytest


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "kdiag.toml"
    made.write_text(
        '[exporter]\ninterval = 60\ncompat = ["kminion"]\n[doctor]\nsample_seconds = 0\n'
    )
    return made


def test_settings_are_shown_with_their_origin(kdiag, file, monkeypatch):
    monkeypatch.setenv("KDIAG_MISSED", "5")

    lines = kdiag("config", "view", "--origin", "--config", str(file)).stdout.splitlines()

    shown = {line.partition(" = ")[0]: " ".join(line.split()) for line in lines}
    assert lines[0] == "[exporter]"
    assert shown["interval"] == f"interval = 60.0 # {file}"
    assert shown["compat"] == f'compat = ["kminion"] # {file}'
    assert shown["missed"] == "missed = 5 # KDIAG_MISSED"
    assert shown["diagnose_every"] == "diagnose_every = 300.0 # default"


def test_what_is_shown_can_be_a_file(kdiag, tmp_path):
    shown = kdiag("config", "view", "exporter").stdout
    again = tmp_path / "again.toml"
    again.write_text(shown)

    assert kdiag("config", "view", "exporter", "--config", str(again)).stdout == shown


def test_a_variable_wins_over_the_file(kdiag, file, monkeypatch):
    monkeypatch.setenv("KDIAG_INTERVAL", "45")

    assert "\ninterval = 45.0\n" in kdiag("config", "view", "--config", str(file)).stdout


def test_a_flag_of_another_command_is_shown_for_that_one(kdiag, file):
    text = kdiag("config", "view", "doctor", "--config", str(file)).stdout

    assert "\nsample_seconds = 0.0\n" in text


def test_a_flag_that_is_not_known_is_one_sentence(kdiag, file):
    file.write_text("[doctor]\nintervall = 3\n")

    result = kdiag("doctor", "--bootstrap-server", "127.0.0.1:1", "--config", str(file))

    assert result.exit_code == 2
    assert result.stderr.startswith(f"kdiag: {file}: [doctor] has no intervall")


def test_a_value_of_the_wrong_kind_is_one_sentence(kdiag, file):
    file.write_text('[doctor]\nsample_seconds = "soon"\n')

    result = kdiag("doctor", "--bootstrap-server", "127.0.0.1:1", "--config", str(file))

    assert result.exit_code == 2
    assert "'soon' is not a valid float" in result.stderr


def test_a_pattern_that_is_none_is_one_sentence(kdiag, file):
    file.write_text('[checks.naming-policy]\ntopics_regex = "[a-z"\n')

    result = kdiag("doctor", "--bootstrap-server", "127.0.0.1:1", "--config", str(file))

    assert result.exit_code == 2
    assert result.stderr.startswith(f"kdiag: {file}: topics_regex is no regular expression: ")
    assert result.stderr.count("\n") == 1
