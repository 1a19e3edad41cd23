import asyncio
from dataclasses import replace

import pytest

from kdiag.cli.beside import asked
from kdiag.cli.flags import Beside
from kdiag.errors import UsageError

NOTHING = Beside((), None, None, None, None)
URL = "rmi://{host}:9999"


@pytest.fixture
def config(tmp_path):
    def write(text):
        file = tmp_path / "kdiag.toml"
        file.write_text(text)
        return file

    return write


def test_without_a_url_nothing_is_asked():
    assert asked(NOTHING, None).access.urls == ()


def test_the_table_of_the_config_file_says_it_all(config, tmp_path):
    (tmp_path / "password").write_text("secret\n")
    file = config(
        f'[jmx]\nurl = "{URL}"\nusername = "monitor"\npassword_file = "{tmp_path}/password"\n'
        '[jmx.targets]\n"controller 100" = "rmi://c:9999"\n'
        '[jmx.names]\nmy_rejects = "bytes-rejected"\n'
    )

    found = asked(NOTHING, file).access

    assert found.urls == (URL, "controller 100=rmi://c:9999")
    assert (found.username, found.password.value) == ("monitor", "secret")
    assert found.names == {"my_rejects": "bytes-rejected"}
    assert "secret" not in repr(found)


def test_a_flag_beats_the_file_and_the_environment_has_the_password(config, monkeypatch):
    monkeypatch.setenv("KDIAG_JMX_PASSWORD", "from-env")
    file = config('[jmx]\nurl = "rmi://{host}:1"\nusername = "a"\n')

    found = asked(Beside(("rmi://{host}:2",), "b", None, None, None), file).access

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
        ("[jxm]\n", "unknown table [jxm]; allowed are [checks.ID], [jmx], [[lag]], [prom"),
    ],
)
def test_what_is_wrong_is_one_sentence(config, text, words):
    with pytest.raises(UsageError) as caught:
        asked(NOTHING, config(text))

    assert words in str(caught.value)


def test_doctor_refuses_a_url_before_it_asks_anybody(kdiag):
    result = kdiag("doctor", "--bootstrap-server", "127.0.0.1:1", "--jmx", "http://h:1")

    assert result.exit_code == 2
    assert "begins with none of rmi" in result.stderr


def test_a_prometheus_has_its_credentials_in_the_file(config, tmp_path):
    (tmp_path / "token").write_text("secret\n")
    file = config(
        f'[prometheus]\nurl = "https://p:9090"\ntoken_file = "{tmp_path}/token"\n'
        'selector = \'env="prod", team=~"a|b"\'\n'
    )

    found = asked(NOTHING, file).prometheus

    assert found.server.url == "https://p:9090"
    assert asyncio.run(found.server.tokens.token(1)).value.value == "secret"
    assert found.selector == 'env="prod", team=~"a|b"'
    assert "secret" not in repr(found)
    assert asked(NOTHING, None).prometheus is None


@pytest.mark.parametrize(
    "text", ["prod", "env=prod", 'env="prod"} or up{', 'env="a" env="b"', '{env="a"}']
)
def test_a_selector_that_is_none_is_refused(config, text):
    file = config(f"[prometheus]\nurl = \"http://p:9090\"\nselector = '{text}'\n")

    with pytest.raises(UsageError, match="expected label matchers"):
        asked(NOTHING, file)


@pytest.mark.parametrize(
    "url", ["p:9090", "http://user:secret@p:9090", "http://p:9090/?key=secret"]
)
def test_a_prometheus_without_a_plain_url_is_refused(url):
    with pytest.raises(UsageError, match="expected http") as caught:
        asked(Beside((), None, None, None, url), None)

    assert "secret" not in str(caught.value)


SERVICES = ("connect", "schema_registry", "ksqldb")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_its_urls_and_credentials_in_the_file(config, tmp_path, service):
    (tmp_path / "password").write_text("secret\n")
    file = config(
        f'[{service}]\nurl = ["http://a:1", "http://b:1/base", "http://a:1"]\n'
        f'username = "monitor"\npassword_file = "{tmp_path}/password"\nca_file = "ca.pem"\n'
    )

    one, other = getattr(asked(NOTHING, file).services, service)

    assert (one.url, other.url) == ("http://a:1", "http://b:1/base")
    assert (one.username, one.password.value, one.ca_file) == ("monitor", "secret", "ca.pem")
    assert f"[{service}]" in one.remedy
    assert "secret" not in repr(one)


def test_a_flag_beats_the_url_of_the_file_and_keeps_its_credentials(config):
    file = config('[connect]\nurl = "http://a:1"\nusername = "monitor"\n')

    [found] = asked(replace(NOTHING, connect=("http://b:2",)), file).services.connect

    assert (found.url, found.username) == ("http://b:2", "monitor")


def test_a_command_prints_the_token(config):
    file = config("[connect]\nurl = 'http://a:1'\ntoken_command = 'echo a-token'\n")

    [found] = asked(NOTHING, file).services.connect

    assert asyncio.run(found.tokens.token(5)).value.value == "a-token"


def test_a_database_has_its_password_in_the_file(config, tmp_path):
    (tmp_path / "password").write_text("secret\n")
    file = config(f'[postgres]\npassword_file = "{tmp_path}/password"\n')

    [found] = asked(replace(NOTHING, postgres=("postgresql://me@db/shop",)), file).services.postgres

    assert (found.dsn, found.password.value) == ("postgresql://me@db/shop", "secret")
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("flag", "url"),
    [
        ("connect", "a:8083"),
        ("connect", "http://user:secret@a:8083"),
        ("connect", "http://a:8083/?token=secret"),
        ("schema_registry", "http://a:99999"),
        ("schema_registry", "ftp://a"),
        ("schema_registry", "http://"),
        ("schema_registry", "http://a..b:8081"),
        ("schema_registry", "http://a b:8081"),
        ("ksqldb", "http://a:8088/\r\nX: y"),
        ("postgres", "postgresql://me:secret@db/shop"),
        ("postgres", "postgresql://me@db/shop?password=secret"),
        ("postgres", "host=db password=secret"),
    ],
)
def test_what_is_no_plain_url_of_a_service_is_refused(flag, url):
    with pytest.raises(UsageError, match=f"--{flag.replace('_', '-')} .*expected") as caught:
        asked(replace(NOTHING, **{flag: (url,)}), None)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[connect]\nurls = 'http://a'\n", "[connect] has no urls; did you mean url?"),
        ("[connect]\nurl = [7]\n", "connect.url must be text"),
        ("[prometheus]\nurl = ['http://a']\n", "prometheus.url must be text"),
        (
            "[schema_registry]\nurl = 'http://a'\nusername = 'a'\ntoken_command = 'b'\n",
            "token_command and username exclude each other",
        ),
        ("[schema_registry]\nurl = 'http://a'\ntoken_command = ''\n", "token_command is empty"),
        (
            "[schema_registry]\nurl = 'http://a'\ntoken_file = '/nowhere'\n",
            "/nowhere cannot be read",
        ),
    ],
)
def test_what_is_wrong_with_a_service_is_one_sentence(config, text, words):
    with pytest.raises(UsageError) as caught:
        asked(NOTHING, config(text))

    assert words in str(caught.value)
