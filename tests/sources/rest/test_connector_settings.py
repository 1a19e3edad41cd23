"""Settings of connectors, masked as they are read."""

import pytest

from kdiag.sources.rest.connector_settings import settings_of


def masked(key, value):
    [row] = settings_of({key: value})
    return row


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("database.password", "hush"),
        ("ssl.key.password", "hush"),
        ("aws.secret.access.key", "hush"),
        ("aws_secret_access_key", "hush"),
        ("aws.access.key.id.secret", "hush"),
        ("api.key", "hush"),
        ("oauth.token", "hush"),
        ("gcs.credentials", "{...}"),
        ("connection.url", "jdbc:postgresql://me:hush@db/x"),
        ("connection.url", "jdbc:postgresql://db/x?user=a&password=hush"),
        ("camel.sink.url", "aws2-s3://b?secretKey=RAW(hush)"),
        ("producer.override.sasl.jaas.config", 'a.B required username="a" password="hush";'),
        ("my.passphrase", "hush"),
        ("database.password", "${file:/x:y}hush"),
    ],
)
def test_a_secret_that_is_written_out_is_literal(key, value):
    row = masked(key, value)

    assert (row["value"], row["is_sensitive"], row["is_literal"]) == (None, True, True)
    assert "hush" not in str(row)


@pytest.mark.parametrize(
    ("key", "value", "reference"),
    [
        ("database.password", "${file:/etc/pw:db}", "${file:/etc/pw:db}"),
        ("database.password", " ${env:PW} ", "${env:PW}"),
        ("connection.url", "jdbc:x://db?password=${dir:/a:b}", None),
        ("sasl.jaas.config", 'a.B required password="${file:/x:y}";', "${file:/x:y}"),
        ("sasl.jaas.config", "a.B required;", None),
        ("database.password", "", None),
        ("database.password", "****", None),
        ("database.password", "[hidden]", None),
        ("database.password", None, None),
    ],
)
def test_a_secret_that_is_fetched_or_masked_is_not_literal(key, value, reference):
    row = masked(key, value)

    assert row["value"] is None
    assert not row.get("is_literal")
    assert row.get("reference") == reference


@pytest.mark.parametrize(
    "key",
    [
        "aws.credentials.provider.class",
        "basic.auth.credentials.source",
        "sasl.oauthbearer.token.endpoint.url",
        "gcs.credentials.path",
        "ssl.keystore.location",
        "transforms.key.type",
        "aws.access.key.id",
        "message.key.columns",
    ],
)
def test_what_only_mentions_a_secret_is_none(key):
    assert not masked(key, "x").get("is_literal")


def test_only_what_a_check_reads_is_kept():
    assert masked("topics", "a,b")["value"] == "a,b"
    assert masked("errors.tolerance", "all")["value"] == "all"
    assert masked("some.other", "x")["value"] is None
    assert masked("heartbeat.action.query", "set password 'x'; password=y")["value"] is None
