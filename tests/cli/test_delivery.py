"""Tables of delivery in the config file: what they may have, and how secrets are given."""

import sys

import click
import pytest
from click.testing import CliRunner

from kdiag.cli.delivery import Delivery, delivery, targets
from kdiag.config import read_flags
from kdiag.errors import UsageError

NO_FLAGS = Delivery(None, None, 86400, preview_delivery=False)
EMAIL = '[audit.email]\nserver = "h"\nfrom = "a@example.com"\nto = "b@example.com"\n'
HOOK = '[audit.webhook]\nurl = "https://h/x"\n'


@pytest.fixture
def made(tmp_path):
    """Return what makes channels of the text of a file."""
    (tmp_path / "url").write_text("https://hooks.example/T1/secret-path\n")
    (tmp_path / "key").write_text("0123456789abcdef\n")

    def make(text, flags=NO_FLAGS):
        file = tmp_path / "kdiag.toml"
        file.write_text(text)
        return targets(file, flags)

    return make


def test_without_a_file_or_a_table_nothing_is_sent(made):
    assert list(targets(None, NO_FLAGS)) == []
    assert list(made("[exporter]\ninterval = 60\n")) == []


def test_each_table_is_a_channel(made, tmp_path):
    channels = made(
        EMAIL
        + '[audit.slack]\nurl_file = "url"\n[audit.teams]\nurl_file = "url"\n'
        + HOOK
        + 'secret_file = "key"\n[audit.objects]\nurl = "memory://kdiag"\n'
        '[audit.pushgateway]\nurl = "http://h:9091"\n[audit.textfile]\npath = "a.prom"\n'
    )

    assert [(one.channel, one.shown, one.notify) for one in channels] == [
        ("email", "E-mail by h:587 to b@example.com", "always"),
        ("slack", "Slack at https://hooks.example", "change"),
        ("teams", "Teams at https://hooks.example", "change"),
        ("webhook", "Webhook at https://h", "always"),
        ("objects", "Objects at memory://kdiag", "always"),
        ("pushgateway", "Pushgateway at http://h:9091", "always"),
        ("textfile", f"{tmp_path}/a.prom", "always"),
    ]


def test_a_flag_beats_the_file_and_its_path_is_as_typed(made, tmp_path, monkeypatch):
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    flags = Delivery(tmp_path.joinpath("cwd/b.prom"), "http://other", 60, preview_delivery=False)

    channels = made(
        '[audit.textfile]\npath = "a.prom"\n[audit.pushgateway]\nurl = "http://h:9091"\n', flags
    )

    assert [one.shown for one in channels] == [
        "Pushgateway at http://other",
        f"{tmp_path}/cwd/b.prom",
    ]


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_follows_from_how_mail_is_secured(made, security, port):
    [channel] = made(EMAIL + f'security = "{security}"\n')

    assert channel.shown == f"E-mail by h:{port} to b@example.com"


def test_a_secret_can_be_the_output_of_a_command_or_a_variable(made, monkeypatch):
    monkeypatch.setenv("HOOK_URL", "https://hooks.example/T1/secret-path")
    command = f'["{sys.executable}", "-c", "print(\'https://cmd.example/x\')"]'

    channels = made(
        f'[audit.slack]\nurl_command = {command}\n[audit.teams]\nurl_env = "HOOK_URL"\n'
    )

    assert [one.shown for one in channels] == [
        "Slack at https://cmd.example",
        "Teams at https://hooks.example",
    ]


PYTHON = sys.executable


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[audit]\nemail = 7\n", "audit.email must be a table, [audit.email]"),
        ("audit = 7\n", "audit must be a table"),
        (EMAIL + 'sever = "h"\n', "[audit.email] has no sever; did you mean server?"),
        (EMAIL + 'passwrd_file = "x"\n', "has no passwrd_file; did you mean password_file?"),
        ('[audit.slack]\nurl_fil = "x"\n', "[audit.slack] has no url_fil; did you mean url_file?"),
        ('[audit.email]\nserver = "h"\nfrom = "a@b"\n', "[audit.email] has no to"),
        (EMAIL + "attachment_mib = 0\n", "attachment_mib must be a number above 0"),
        (EMAIL + "attachment_mib = true\n", "attachment_mib must be a number above 0"),
        (EMAIL + "timeout_seconds = inf\n", "timeout_seconds must be a number above 0"),
        (EMAIL + 'notify = "never"\n', "notify must be one of always, change, new-critical"),
        (EMAIL + 'security = "ssl"\n', "security must be one of starttls, tls, none"),
        (EMAIL + 'username = "u"\n', "username and its password go together"),
        (EMAIL + 'password_file = "key"\n', "username and its password go together"),
        (
            EMAIL + 'security = "none"\nusername = "u"\npassword_file = "key"\n',
            "username needs security starttls or tls",
        ),
        (EMAIL + 'ca_file = "nowhere.pem"\n', "nowhere.pem: No such file"),
        (EMAIL + 'ca_file = "key"\n', "key: it is no PEM file of certificates"),
        (EMAIL + 'link = "reports.example"\n', "link must be http://HOST/… or https://HOST/…"),
        (EMAIL.replace('"h"', '"h:x"'), "server must be HOST or HOST:PORT; it is 'h:x'"),
        (EMAIL.replace('"h"', '"smtp://h"'), "server must be HOST or HOST:PORT"),
        (EMAIL.replace('"a@example.com"', '"nobody"'), "from must be an address like"),
        (EMAIL.replace('"b@example.com"', "[]"), "to must be text, or a list of texts"),
        (EMAIL.replace('"b@example.com"', '"b@x\\nBcc: c@x"'), "to must be an address like"),
        (
            EMAIL + 'password = "hunter2"\n',
            "password must not stand there itself; give password_file, password_command or",
        ),
        ('[audit.slack]\nurl = "https://h/hunter2"\n', "url must not stand there itself"),
        ("[audit.slack]\n", "[audit.slack] has no url_file, url_command or url_env"),
        ('[audit.slack]\nurl_file = "no"\n', "/no cannot be read: No such file or directory"),
        ('[audit.slack]\nurl_env = "NO_SUCH"\n', "url_env: there is no variable NO_SUCH"),
        ('[audit.slack]\nurl_env = "A"\nurl_file = "url"\n', "url_file and url_env exclude each"),
        ('[audit.slack]\nurl_file = "key"\n', "url must be https://HOST/…"),
        ('[audit.slack]\nurl_command = "pass"\n', 'must be a list of words, as ["pass", "show"'),
        ('[audit.slack]\nurl_command = ["/no/x"]\n', "/no/x: No such file or directory"),
        (
            f'[audit.slack]\nurl_command = ["{PYTHON}", "-c", "exit(3)"]\n',
            "ended with 3",
        ),
        (
            f'[audit.slack]\nurl_command = ["{PYTHON}", "-c", "pass"]\n',
            "url_command gives an empty value",
        ),
        (
            f'[audit.slack]\nurl_command = ["{PYTHON}", "-c", "print(1);print(2)"]\n',
            "url_command gives more than one line",
        ),
        (HOOK, "[audit.webhook] has no secret_file, secret_command or secret_env"),
        (HOOK + 'secret_file = "key"\nurl_file = "url"\n', "url and url_file exclude each other"),
        (HOOK + 'secret_file = "key"\nreport = "yes"\n', "report must be true or false"),
        (HOOK + 'secret_env = "SHORT"\n', "the secret has 7 bytes; 16 or more are needed"),
        (HOOK + 'secret_env = "CODED"\n', "the secret is not base64 behind whsec_"),
    ],
)
def test_what_is_wrong_is_one_sentence(made, monkeypatch, text, words):
    monkeypatch.setenv("SHORT", "hunter2")
    monkeypatch.setenv("CODED", "whsec_hunter2!")

    with pytest.raises(UsageError) as error:
        made(text)

    assert words in str(error.value)
    assert "hunter2" not in str(error.value)
    assert "\n" not in str(error.value)


def test_channels_are_no_flags_of_the_command(made, tmp_path, monkeypatch):
    monkeypatch.setattr("kdiag.config.COMMANDS", ("audit",))
    file = tmp_path / "kdiag.toml"
    file.write_text('[audit]\nperiod_seconds = 60\n[audit.slack]\nurl_file = "url"\n')

    assert read_flags(file, "audit", ["period_seconds"]) == {"period_seconds": 60}
    file.write_text("[audit.slak]\n")
    with pytest.raises(UsageError, match=r"\[audit\] has no slak; did you mean slack\?"):
        read_flags(file, "audit", ["period_seconds"])


def test_a_table_that_is_no_channel_is_refused_where_it_is_looked_for(made):
    with pytest.raises(UsageError, match=r"\[audit.slak\] is no channel; did you mean slack\?"):
        made('[audit.slak]\nurl_file = "url"\n')


def test_a_command_gets_the_flags_together():
    @click.command()
    @delivery
    def audit(delivery):
        click.echo(f"{delivery.pushgateway} {delivery.period_seconds:g} {delivery.textfile}")

    runner = CliRunner(env={"KDIAG_PUSHGATEWAY": "http://h"})

    assert runner.invoke(audit, ["--textfile", "a.prom"]).output == "http://h 86400 a.prom\n"
