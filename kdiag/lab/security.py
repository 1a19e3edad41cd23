"""Certificates, users and client settings for the listeners that ask who connects."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kdiag.errors import LabError
from kdiag.lab.plan import HOST, LISTENERS, Certificate, Plan

USER = "client"
"""Name of the user that may log in on the SASL listeners."""

_MODULE = "org.apache.kafka.common.security"
_BEARER = f"{_MODULE}.oauthbearer.OAuthBearerLoginModule"


def write_credentials(plan: Plan, directory: Path) -> None:
    """Write what the listeners need into a private directory: keys, certificates, a password."""
    directory.mkdir(mode=0o700)
    password = secrets.token_hex(12)
    (directory / "password").write_text(password, encoding="ascii")
    if any(LISTENERS[kind][0].endswith("SSL") for kind in plan.kinds):
        _write_certificates(plan, directory)
    for kind in plan.kinds:
        if LISTENERS[kind][1]:
            jaas = _broker_jaas(LISTENERS[kind][1], password)
            (directory / f"{kind}.jaas").write_text(jaas, encoding="utf-8")


def _authority() -> Any:
    try:
        import trustme
    except ImportError as error:
        raise LabError(
            "The lab needs trustme for listeners with TLS; install it with: "
            "pip install 'kdiag[lab]'."
        ) from error
    return trustme.CA()


def write_key_store(directory: Path, name: str, password: str) -> None:
    """Write a key and its certificate as PKCS12, and the authority behind it as ca.pem."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.serialization import pkcs12

    authority = _authority()
    authority.cert_pem.write_to_path(directory / "ca.pem")
    issued = authority.issue_cert(HOST, "localhost", common_name="broker")
    chain = [x509.load_pem_x509_certificate(blob.bytes()) for blob in issued.cert_chain_pems]
    key: Any = serialization.load_pem_private_key(issued.private_key_pem.bytes(), None)
    encryption = serialization.BestAvailableEncryption(password.encode())
    store = pkcs12.serialize_key_and_certificates(
        b"broker", key, chain[0], chain[1:] or None, encryption
    )
    (directory / name).touch(mode=0o600)
    (directory / name).write_bytes(store)


def _write_certificates(plan: Plan, directory: Path) -> None:
    authority = _authority()
    authority.cert_pem.write_to_path(directory / "ca.pem")
    authority.private_key_pem.write_to_path(directory / "ca.key")
    usual = Certificate((plan.address, "localhost"))
    for id_ in range(1, plan.brokers + 1):
        issue(directory, f"broker-{id_}", plan.certificates.get(id_, usual))
    issue(directory, "client", Certificate((f"{USER}@localhost",)))


def issue(directory: Path, name: str, wanted: Certificate) -> Path:
    """Write a key and its certificate, of the authority of this lab; return the file with both."""
    import trustme

    authority = trustme.CA.from_pem(
        (directory / "ca.pem").read_bytes(), (directory / "ca.key").read_bytes()
    )
    now = datetime.now(UTC)
    made = authority.issue_cert(
        *wanted.hosts,
        common_name=name.partition("-")[0],
        organization_unit_name="kdiag lab",  # else a random one: brokers take no other subject
        not_before=now - timedelta(days=wanted.age_days),
        not_after=now + timedelta(days=wanted.left_days),
    )
    chain = b"".join(blob.bytes() for blob in made.cert_chain_pems)
    key = _pkcs8(made.private_key_pem.bytes())
    (directory / f"{name}.key").write_bytes(key)
    (directory / f"{name}.crt").write_bytes(chain)
    file = directory / f"{name}.pem"
    file.write_bytes(key + chain)
    return file


def _pkcs8(pem: bytes) -> bytes:
    """Return a private key in the only PEM form that Kafka reads."""
    from cryptography.hazmat.primitives import serialization

    return serialization.load_pem_private_key(pem, None).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _broker_jaas(mechanism: str, password: str) -> str:
    if mechanism == "OAUTHBEARER":
        return f'{_BEARER} required unsecuredLoginStringClaim_sub="broker";'
    if mechanism == "PLAIN":
        return f'{_MODULE}.plain.PlainLoginModule required user_{USER}="{password}";'
    return f"{_MODULE}.scram.ScramLoginModule required;"


def scram_arguments(kinds: Sequence[str], directory: Path) -> list[str]:
    """Return the arguments of the storage tool that create the SCRAM users."""
    mechanisms = {LISTENERS[kind][1] for kind in kinds if "SCRAM" in LISTENERS[kind][1]}
    if not mechanisms:
        return []
    user = f"[name={USER},password={_password(directory)}]"
    return [part for name in sorted(mechanisms) for part in ("--add-scram", f"{name}={user}")]


def java_properties(kind: str, directory: Path) -> dict[str, str]:
    """Return client.properties with Java's keys for one kind of listener."""
    protocol, mechanism = LISTENERS[kind]
    properties = {"security.protocol": protocol}
    if protocol.endswith("SSL"):
        properties |= {
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(directory / "ca.pem"),
        }
    if kind == "mtls":
        properties |= {
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(directory / "client.pem"),
        }
    if mechanism == "OAUTHBEARER":
        properties["sasl.mechanism"] = mechanism
        properties["sasl.jaas.config"] = (
            f'{_BEARER} required unsecuredLoginStringClaim_sub="{USER}";'
        )
    elif mechanism:
        module = "plain.PlainLoginModule" if mechanism == "PLAIN" else "scram.ScramLoginModule"
        login = f'username="{USER}" password="{_password(directory)}"'
        properties["sasl.mechanism"] = mechanism
        properties["sasl.jaas.config"] = f"{_MODULE}.{module} required {login};"
    return properties


def client_config(kind: str, directory: Path) -> Mapping[str, str]:
    """Return the settings of a librdkafka client for one kind of listener."""
    protocol, mechanism = LISTENERS[kind]
    config = {"security.protocol": protocol}
    if protocol.endswith("SSL"):
        config["ssl.ca.location"] = str(directory / "ca.pem")
    if kind == "mtls":
        config["ssl.certificate.location"] = str(directory / "client.crt")
        config["ssl.key.location"] = str(directory / "client.key")
    if mechanism == "OAUTHBEARER":
        config |= {"sasl.mechanism": mechanism, "enable.sasl.oauthbearer.unsecure.jwt": "true"}
        config["sasl.oauthbearer.config"] = f"principal={USER}"
    elif mechanism:
        config |= {"sasl.mechanism": mechanism, "sasl.username": USER}
        config["sasl.password"] = _password(directory)
    return config


def _password(directory: Path) -> str:
    return (directory / "password").read_text(encoding="ascii")
