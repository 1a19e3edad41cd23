"""`--ksqldb` from the command line to the report: recorded replies over HTTP, and a bare broker."""

import json

import pytest

from kdiag.wire.allowlist import APIS
from tests.collect.answering import Answering
from tests.sources.rest.serving import PAGE, serving
from tests.sources.rest.test_ksqldb import AT, NOT_READY, SHOW, described, ksqldb, running

ID = "ksqldb-query-error"
RANGES = {api.key: (api.oldest, api.newest) for api in APIS.values()}
ERROR = {"timestamp": AT, "errorMessage": "Topic gone\n\tat X", "type": "USER"}
FAILED = ksqldb(running("A_1", {"ERROR": 1}), extended=[described("A_1", ERROR)])


@pytest.fixture
def doctor(kdiag):
    """The result of the check, and the status of doctor, with a config file or flags."""

    def run(*flags):
        with Answering("cluster-1", ("127.0.0.1",), RANGES) as broker:
            address = f"127.0.0.1:{broker.port}"
            done = kdiag(
                "doctor", "--bootstrap-server", address, "--only", ID, "-o", "json", *flags
            )
        [result] = json.loads(done.stdout)["results"]
        return result, done

    return run


def test_a_query_in_error_is_found(doctor):
    with serving(FAILED) as service:
        result, done = doctor("--ksqldb", service.url)

    assert result["status"] == "problem"
    assert "A_1" in done.stdout
    known = ("/info", "/healthcheck", "/clusterStatus", "/ksql ")
    assert all(asked.startswith(known) for asked in service.asked)


def test_without_the_flag_it_is_not_applicable(doctor):
    result, _ = doctor()

    assert result["status"] == "not_applicable"
    assert "no ksqlDB was given (--ksqldb)" in result["reason"]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"/info": (503, NOT_READY), f"/ksql {SHOW}": (503, NOT_READY)}, "it is starting"),
        ({"/info": (404, PAGE)}, "a web page"),
        ({"/info": (401, b"")}, "refuses us"),
    ],
)
def test_one_that_cannot_be_read_is_unknown_with_its_reason(doctor, answers, words):
    with serving(ksqldb(**answers)) as service:
        result, _ = doctor("--ksqldb", service.url)

    assert result["status"] == "unknown"
    assert words in result["reason"]


def test_the_table_of_the_config_file_has_url_and_credentials(doctor, tmp_path):
    (tmp_path / "password").write_text("hush-hush")
    file = tmp_path / "kdiag.toml"
    with serving(FAILED) as service:
        file.write_text(
            f'[ksqldb]\nurl = "{service.url}"\nusername = "monitor"\n'
            f'password_file = "{tmp_path}/password"\n'
        )
        result, done = doctor("--config", str(file))

    assert result["status"] == "problem"
    assert all(headers["Authorization"].startswith("Basic ") for headers in service.headers)
    assert "hush-hush" not in done.stdout + done.stderr
