"""`kdiag doctor --command-config` against listeners with TLS and SASL, as a person types it."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.live

KINDS = ("ssl", "mtls", "sasl_plain", "scram_sha_256", "scram_sha_512", "sasl_ssl")


@pytest.fixture(scope="module")
def secured():
    from kdiag.lab import Lab

    with Lab(1, listeners=KINDS) as lab:
        yield lab


def doctor(address, *more):
    words = ("doctor", "--bootstrap-server", address, "--sample-seconds", "0", "-o", "json")
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "kdiag", *words, *more], capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_file_as_kafkas_own_tools_lets_doctor_in(secured, kind):
    config = secured.client_properties(kind)

    done = doctor(secured.bootstrap_of(kind), "--command-config", str(config))

    report = json.loads(done.stdout)
    assert done.returncode in (0, 10), done.stderr
    assert report["cluster"]["id"] == secured.cluster_id
    assert report["errors"] == []
    assert report["requests"]["writes"] == 0


@pytest.mark.parametrize("kind", ["sasl_plain", "scram_sha_256", "scram_sha_512", "sasl_ssl"])
def test_a_wrong_password_is_one_sentence_without_the_password(secured, kind, tmp_path):
    lines = secured.client_properties(kind).read_text().splitlines()
    wrong = [
        line.replace("password=", "password=wrong-secret-") if "jaas" in line else line
        for line in lines
    ]
    wrong = [line.replace('=wrong-secret-"', '="wrong-secret-') for line in wrong]
    (tmp_path / "client.properties").write_text("\n".join(wrong))

    done = doctor(
        secured.bootstrap_of(kind), "--command-config", str(tmp_path / "client.properties")
    )

    assert done.returncode == 3
    lines = done.stderr.strip().splitlines()
    [sentence] = [line for line in lines if not line.startswith("Reading from ")]  # on slow ones
    assert sentence.startswith("kdiag: ")
    assert "SASL" in sentence
    assert "wrong-secret" not in done.stderr + done.stdout


def test_plain_text_against_a_port_with_tls_and_the_reverse_name_the_hop(secured):
    plain = doctor(secured.bootstrap_of("ssl"))
    config = secured.client_properties("ssl")
    reverse = doctor(secured.bootstrap, "--command-config", str(config))

    for done in (plain, reverse):
        assert done.returncode == 3
        assert "TLS" in done.stderr
        assert "Traceback" not in done.stderr
