"""Files of strangers: each is read, or refused in one sentence; nothing crashes or hangs."""

import copy
import gzip
import json
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from kdiag.check import Check
from kdiag.config import COMMANDS, read_flags, read_table, read_tunables
from kdiag.diagnose import diagnose
from kdiag.errors import UsageError
from kdiag.exporter.web.config import read_web_config
from kdiag.preflight.proposal import read_proposal
from kdiag.profiles.read import objectives, read_profile
from kdiag.recorded import read_report
from kdiag.registry import load_checks
from kdiag.render.json import render
from kdiag.sources.saved import load
from kdiag.waivers.file import read_waivers
from kdiag.wire import properties
from kdiag.wire.jaas import parse_jaas
from kdiag.wire.keys import KEYS
from kdiag.wire.settings import settings_from
from tests.hostile.mutations import JSON, bounded, mutated, replaced

PACKED = sorted((Path(__file__).parents[1] / "data" / "snapshots").glob("*.gz"))
DOCUMENTS = {path.name: json.loads(gzip.decompress(path.read_bytes())) for path in PACKED}
CHECKS: list[Check] = list(load_checks().checks)

TEXT = st.text(st.characters(max_codepoint=0x2100), max_size=60)
FIXED = ("security.protocol", "sasl.mechanism")
HARMLESS = [
    key for key in KEYS if key not in FIXED and not key.endswith(("_command", "_file", "location"))
]
"""Keys whose values are texts; those of the others name files, and commands that would be run."""


def one_sentence(error, *, besides=""):
    text = str(error)
    assert text
    assert "Traceback" not in text
    assert besides == "" or besides not in text


@bounded
@given(TEXT)
def test_any_text_is_a_properties_file_or_refused(text):
    try:
        found = properties.parse(text, "f")
    except UsageError as error:
        one_sentence(error)
    else:
        assert all(isinstance(value, str) for value in found.values())


@bounded
@given(st.binary(max_size=80))
def test_any_bytes_are_a_properties_file_or_refused(tmp_path, data):
    (tmp_path / "f").write_bytes(data)
    try:
        properties.load(tmp_path / "f")
    except UsageError as error:
        one_sentence(error)


@bounded
@given(TEXT)
def test_any_text_is_a_login_module_or_refused_without_being_shown(text):
    secret = "s3cret-canary"  # noqa: S105
    try:
        parse_jaas(f'a.PlainLoginModule required password="{secret}" {text}', "f")
    except UsageError as error:
        one_sentence(error, besides=secret)


@bounded
@given(
    st.fixed_dictionaries(
        {
            "security.protocol": st.sampled_from(("SSL", "SASL_SSL", "SASL_PLAINTEXT", "x")),
            "sasl.mechanism": st.sampled_from(("PLAIN", "SCRAM-SHA-256", "OAUTHBEARER", "x")),
        },
        optional=dict.fromkeys(HARMLESS, TEXT),
    )
)
def test_any_values_are_settings_or_refused(values):
    try:
        settings_from(values, "f")
    except UsageError as error:
        one_sentence(error)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A PKCS12 store, as bytes."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.serialization import pkcs12

    issued = trustme.CA().issue_cert("client@example.com")
    chain = x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes())
    key = serialization.load_pem_private_key(issued.private_key_pem.bytes(), None)
    plain = serialization.NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"me", key, chain, None, plain)


@bounded
@given(data=st.data(), magic=st.sampled_from((b"", b"\xfe\xed\xfe\xed\x00\x00\x00\x02")))
def test_a_damaged_store_is_read_or_refused(tmp_path, store, data, magic):
    (tmp_path / "s").write_bytes(magic + data.draw(mutated(store)))
    keys = {"security.protocol": "SSL", "ssl.keystore.location": str(tmp_path / "s")}
    try:
        settings_from(keys, "f")
    except UsageError as error:
        one_sentence(error)


@pytest.mark.parametrize("name", DOCUMENTS)
@bounded
@given(data=st.data())
def test_a_snapshot_with_a_wrong_part_is_read_or_refused(tmp_path, name, data):
    document = data.draw(replaced(copy.deepcopy(DOCUMENTS[name])))
    (tmp_path / "s.json").write_text(json.dumps(document))
    try:
        load(tmp_path / "s.json")
    except UsageError as error:
        one_sentence(error)


@pytest.mark.parametrize("path", PACKED, ids=lambda path: path.name)
@bounded
@given(data=st.data())
def test_a_packed_snapshot_that_is_damaged_is_read_or_refused(tmp_path, path, data):
    (tmp_path / "s.json.gz").write_bytes(data.draw(mutated(path.read_bytes())))
    try:
        load(tmp_path / "s.json.gz")
    except UsageError as error:
        one_sentence(error)


@bounded
@given(text=TEXT, value=JSON)
def test_any_config_is_read_or_refused(tmp_path, text, value):
    file = tmp_path / "kdiag.toml"
    word = json.dumps(value) if isinstance(value, str | int | list) else '"x"'
    for content in (
        text,
        f"[checks.disk-usage-high]\nwarning_ratio = {word}\n",
        f"[doctor]\n{text}",
    ):
        file.write_text(content, encoding="utf-8", errors="surrogatepass")
        for read in (
            lambda: read_tunables(file, (), CHECKS),
            lambda: [read_flags(file, command, ("timeout",)) for command in COMMANDS],
            lambda: read_table(file, "clusters"),
        ):
            try:
                read()
            except UsageError as error:
                one_sentence(error)


@pytest.mark.parametrize("columns", [None, [], "x", 5])
def test_a_table_whose_columns_are_none_is_refused(tmp_path, columns):
    document = copy.deepcopy(DOCUMENTS["schema-1.json.gz"])
    document["sections"]["Topics"] = document["sections"]["Topics"] | {"columns": columns}
    (tmp_path / "s.json").write_text(json.dumps(document))

    with pytest.raises(UsageError, match="is a damaged snapshot: columns is"):
        load(tmp_path / "s.json")


WAIVERS = """\
version: 1
waivers:
  - check: under-min-isr
    match: {topic: "glob:scratch-*"}
    reason: a test
    owner: me
    expires: 2030-01-01
"""
PROFILE = """\
[[topics]]
topic = "orders-*"
partitions = 12
[[lag]]
group = "billing"
seconds = 30
"""
WEB = """\
tls_server_config:
  cert_file: a.pem
  key_file: b.pem
basic_auth_users:
  ann: x
http_server_config:
  headers: {X-Frame-Options: deny}
"""
MOVES = {
    "version": 1,
    "partitions": [
        {"topic": "orders", "partition": 0, "replicas": [1, 2], "log_dirs": ["any"] * 2}
    ],
}


def _read_waivers(path):
    read_waivers(path, [check.id for check in CHECKS])


READERS = {
    "waivers": (WAIVERS, _read_waivers),
    "profile": (PROFILE, lambda path: read_profile(str(path))),
    "objectives": (PROFILE, objectives),
    "web": (WEB, read_web_config),
    "reassignment": (json.dumps(MOVES), read_proposal),
    "report": (render(diagnose(load(PACKED[0]), CHECKS, {})), read_report),
}


@pytest.mark.parametrize("name", READERS)
@bounded
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(tmp_path, name, data):
    text, read = READERS[name]
    (tmp_path / "f").write_bytes(data.draw(mutated(text.encode())))
    try:
        read(tmp_path / "f")
    except UsageError as error:
        one_sentence(error)


@pytest.mark.parametrize("name", READERS)
@bounded
@given(value=JSON)
def test_any_document_is_read_or_refused(tmp_path, name, value):
    _, read = READERS[name]
    for document in (value, {"version": 1, "partitions": value, "waivers": value}, *web_of(value)):
        (tmp_path / "f").write_text(json.dumps(document))
        try:
            read(tmp_path / "f")
        except UsageError as error:
            one_sentence(error)


def web_of(value):
    yield {"tls_server_config": value, "basic_auth_users": value, "http_server_config": value}
    yield {"tls_server_config": {"cert_file": "a", "key_file": value, "client_allowed_sans": value}}
    yield {"http_server_config": {"headers": value}}
    yield {"basic_auth_users": {"ann": value}}
    yield {"http_server_config": {"headers": {"X-Frame-Options": value}}}


DEEP = ("[" * 100_000, "x = " + "[" * 100_000, "x = " + "9" * 10_000, "x: " + "{" * 10_000, "\x00")


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("text", DEEP, ids=range(len(DEEP)))
def test_a_file_that_is_nested_too_deep_is_refused(tmp_path, name, text):
    (tmp_path / "f").write_text(text)
    with pytest.raises(UsageError) as caught:
        READERS[name][1](tmp_path / "f")
    one_sentence(caught.value)


@pytest.mark.parametrize("name", READERS)
def test_a_device_without_an_end_is_refused(name):
    with pytest.raises(UsageError, match="cannot be read: File too large"):
        READERS[name][1](Path("/dev/zero"))
