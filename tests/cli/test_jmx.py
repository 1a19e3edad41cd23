import pytest

from kdiag.cli.flags import Jmx
from kdiag.cli.jmx import access
from kdiag.errors import UsageError

NOTHING = Jmx((), None, None, None)
URL = "rmi://{host}:9999"


@pytest.fixture
def config(tmp_path):
    def write(text):
        file = tmp_path / "kdiag.toml"
        file.write_text(text)
        return file

    return write


def test_without_a_url_nothing_is_asked():
    assert access(NOTHING, None).urls == ()


def test_the_table_of_the_config_file_says_it_all(config, tmp_path):
    (tmp_path / "password").write_text("secret\n")
    file = config(
        f'[jmx]\nurl = "{URL}"\nusername = "monitor"\npassword_file = "{tmp_path}/password"\n'
        '[jmx.targets]\n"controller 100" = "rmi://c:9999"\n'
        '[jmx.names]\nmy_rejects = "bytes-rejected"\n'
    )

    found = access(NOTHING, file)

    assert found.urls == (URL, "controller 100=rmi://c:9999")
    assert (found.username, found.password.value) == ("monitor", "secret")
    assert found.names == {"my_rejects": "bytes-rejected"}
    assert "secret" not in repr(found)


def test_a_flag_beats_the_file_and_the_environment_has_the_password(config, monkeypatch):
    monkeypatch.setenv("KDIAG_JMX_PASSWORD", "from-env")
    file = config('[jmx]\nurl = "rmi://{host}:1"\nusername = "a"\n')

    found = access(Jmx(("rmi://{host}:2",), "b", None, None), file)

    assert (found.urls, found.username) == (("rmi://{host}:2",), "b")
    assert found.password.value == "from-env"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[jmx]\nurls = "x"\n', "[jmx] has no urls; did you mean url?"),
        ("[jmx]\nurl = 7\n", "jmx.url must be text"),
        ("jmx = 7\n", "jmx must be a table"),
        ('[jmx.targets]\n"broker x" = "rmi://h:1"\n', "is no process"),
        (f'[jmx]\nurl="{URL}"\n[jmx.names]\na = "bytes-reject"\n', "did you mean bytes-rejected?"),
        (f'[jmx]\nurl="{URL}"\npassword_file = "/nowhere"\n', "/nowhere: cannot be read"),
        ("[jxm]\n", "unknown table [jxm]; allowed are [checks.ID], [jmx]"),
    ],
)
def test_what_is_wrong_is_one_sentence(config, text, words):
    with pytest.raises(UsageError) as caught:
        access(NOTHING, config(text))

    assert words in str(caught.value)


def test_doctor_refuses_a_url_before_it_asks_anybody(kdiag):
    result = kdiag("doctor", "--bootstrap-server", "127.0.0.1:1", "--jmx", "http://h:1")

    assert result.exit_code == 2
    assert "begins with none of rmi" in result.stderr
