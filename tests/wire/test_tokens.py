"""Bearer tokens: where they come from, how long they are kept, and the sentence where none is."""

import asyncio
import base64
import json
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from kdiag.errors import ConnectError, UsageError
from kdiag.wire.exchanges import bearer
from kdiag.wire.secret import Secret
from kdiag.wire.settings import settings_from
from kdiag.wire.tokens import Token, Tokens, claims, dated

OWN = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "OAUTHBEARER"}
URL = "sasl.oauthbearer.token.endpoint.url"
MODULE = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"


def web_token(**said):
    parts = [{"alg": "none"}, said]
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join(part.rstrip("=") for part in coded) + "."


def token_of(keys, seconds=5):
    settings = settings_from(OWN | keys, "f")
    return asyncio.run(settings.sasl.tokens.token(seconds))


@contextmanager
def issuer(answer, status=200):
    """A token endpoint on loopback; yields its URL and the requests that it got."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            who = base64.b64decode(self.headers["Authorization"].partition(" ")[2]).decode()
            asked.append((who, form))
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/token", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_token_that_stands_in_the_file():
    assert token_of({"sasl.oauthbearer.token": "abc"}).value.value == "abc"


def test_a_token_in_a_file_is_read_anew_when_it_ends(tmp_path):
    file = tmp_path / "token"
    file.write_text(web_token(sub="a", exp=time.time() - 1))
    settings = settings_from(OWN | {URL: file.as_uri()}, "f")

    async def twice():
        first = await settings.sasl.tokens.token(5)
        file.write_text(web_token(sub="b", exp=time.time() + 1000))
        return first, await settings.sasl.tokens.token(5), await settings.sasl.tokens.token(5)

    first, second, third = asyncio.run(twice())
    assert claims(first.value.value)["sub"] == "a"
    assert claims(second.value.value)["sub"] == "b"
    assert third is second


def test_a_token_that_a_command_prints():
    keys = {"sasl.oauthbearer.token_command": f"{sys.executable} -c \"print('abc')\""}
    assert token_of(keys).value.value == "abc"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("/no/such", "no token: f: sasl.oauthbearer.token_command: /no/such: No such file"),
        ("false", "no token: f: sasl.oauthbearer.token_command: false ended with 1"),
        ("true", "no token: f: sasl.oauthbearer.token_command gives an empty value"),
        ("sleep 60", "no token: f: sasl.oauthbearer.token_command: sleep did not end within 0.2 s"),
    ],
)
def test_a_command_that_gives_none_is_one_sentence(command, sentence):
    with pytest.raises(ConnectError) as caught:
        token_of({"sasl.oauthbearer.token_command": command}, seconds=0.2 if "sl" in command else 5)
    assert str(caught.value).startswith(sentence)


def test_client_credentials_are_sent_to_the_issuer():
    with issuer({"access_token": "abc", "expires_in": 100}) as (url, asked):
        jaas = f'{MODULE} clientId="ann" clientSecret="s3cret" scope="kafka";'
        token = token_of({URL: url, "sasl.jaas.config": jaas})

    assert token.value.value == "abc"
    assert token.expires_at - time.time() <= 100
    [(who, form)] = asked
    assert who == "ann:s3cret"
    assert form == {"grant_type": ["client_credentials"], "scope": ["kafka"]}


def test_client_credentials_as_keys_of_their_own(tmp_path):
    (tmp_path / "secret").write_text("s3cret\n")
    own = "sasl.oauthbearer.client.credentials.client"
    keys = {f"{own}.id": "bob", f"{own}.secret_file": str(tmp_path / "secret")}
    with issuer({"access_token": "abc"}) as (url, asked):
        token_of({URL: url, "sasl.oauthbearer.scope": "x", **keys})

    assert asked == [("bob:s3cret", {"grant_type": ["client_credentials"], "scope": ["x"]})]


@pytest.mark.parametrize(
    ("status", "answer", "sentence"),
    [
        (401, {"error": "invalid_client"}, "refused client 'ann' (401, invalid_client); check cl"),
        (400, {"error": "in\x1bvalid"}, "refused client 'ann' (400); check clientId"),
        (404, b"<html>", "answered 404; check sasl.oauthbearer.token.endpoint.url"),
        (200, b"<html>", "gave no access_token"),
        (200, [1], "gave no access_token"),
        (200, {"access_token": 5}, "gave no access_token"),
        (200, b"[" * 100_000, "gave no access_token"),
        (200, b"x" * 2_000_000, "answered more than a token"),
    ],
)
def test_an_issuer_that_refuses_is_one_sentence(status, answer, sentence):
    jaas = f'{MODULE} clientId="ann" clientSecret="s3cret";'
    with issuer(answer, status) as (url, _), pytest.raises(ConnectError) as caught:
        token_of({URL: f"{url}?key=s3cret", "sasl.jaas.config": jaas})
    assert str(caught.value).startswith(f"token endpoint {url} {sentence}")
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_issuer_that_is_away_or_silent(listening):
    jaas = f'{MODULE} clientId="ann" clientSecret="s3cret";'
    keys = {URL: "http://127.0.0.1:1/token", "sasl.jaas.config": jaas}
    with pytest.raises(ConnectError, match=r"token endpoint .* cannot be reached: "):
        token_of(keys)

    async def silent():
        async def mute(_peer):
            await asyncio.sleep(60)

        async with listening(mute) as port:
            tokens = settings_from(OWN | keys | {URL: f"http://127.0.0.1:{port}/"}, "f").sasl.tokens
            with pytest.raises(ConnectError, match=r"no answer within 0\.2 s"):
                await tokens.token(0.2)

    asyncio.run(silent())


def test_connections_that_open_together_share_one_token():
    count = 0

    async def fetch(_seconds):
        nonlocal count
        count += 1
        await asyncio.sleep(0.01)
        return Token(Secret("abc"), time.time() + 100)

    tokens = Tokens(fetch)

    async def run():
        await asyncio.gather(*(tokens.token(5) for _ in range(10)))

    asyncio.run(run())
    asyncio.run(run())
    assert count == 1


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({}, "f: OAUTHBEARER has no token; give sasl.oauthbearer.token.endpoint.url"),
        (
            {"sasl.login.callback.handler.class": "software.amazon.msk.auth.iam.IAMHandler"},
            "f: OAUTHBEARER has no token (IAMHandler is Java); give",
        ),
        ({URL: "ftp://x"}, f"f: {URL}: expected http[s]://HOST:PORT/PATH or file:///PATH"),
        ({URL: "https://u:s3cret@x/"}, f"f: {URL}: expected http[s]://HOST:PORT/PATH or file"),
        ({URL: "http://x/t"}, "f: sasl.jaas.config has no clientId;"),
        (
            {URL: "http://x/t", "sasl.jaas.config": f"{MODULE} clientId=a;"},
            "f: sasl.jaas.config has no clientSecret;",
        ),
        (
            {"sasl.oauthbearer.token": "s3cret", "sasl.oauthbearer.token_file": "x"},
            "f: sasl.oauthbearer.token, sasl.oauthbearer.token_file and",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence(keys, sentence):
    with pytest.raises(UsageError) as caught:
        settings_from(OWN | keys, "f")
    assert str(caught.value).startswith(sentence)
    assert "s3cret" not in str(caught.value)


def test_the_wire_form_of_a_token_with_extensions():
    exchange = bearer(Secret("abc"), {"logicalCluster": "lkc-1"})
    assert exchange.send(None) == b"n,,\x01auth=Bearer abc\x01logicalCluster=lkc-1\x01\x01"
    assert exchange.send(b'{"status":"invalid_token"}') == b"\x01"


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "a.!.c", f"a.{'W' * 9999}.c", "a.W10.c"])
def test_a_token_that_is_no_web_token_has_no_claims(token):
    assert claims(token) == {}
    assert dated(token).expires_at > time.time()


def test_no_way_to_print_settings_shows_a_token():
    settings = settings_from(OWN | {"sasl.oauthbearer.token": "s3cret"}, "f")
    assert "s3cret" not in repr(settings)


SIGNER = """
class MSKAuthTokenProvider:
    def generate_auth_token(region):
        return f"signed-for-{region}", 900_000
"""


def test_the_command_of_the_readme_has_a_token_of_the_signer_of_amazon(tmp_path, monkeypatch):
    """The signer is a stand-in with its name and its call; its tokens are no web tokens."""
    (tmp_path / "aws_msk_iam_sasl_signer.py").write_text(SIGNER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    [line] = [each for each in readme.splitlines() if "aws_msk_iam_sasl_signer" in each]
    key, _, command = line.partition("=")

    token = token_of({key: command})

    assert token.value.value == "signed-for-eu-west-1"
