"""How to log in, out of a client.properties: by password, bearer token or Kerberos ticket."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Final

from kdiag.errors import UsageError
from kdiag.wire.jaas import LoginModule, parse_jaas
from kdiag.wire.keys import Keys
from kdiag.wire.secret import Secret
from kdiag.wire.token_settings import read_tokens
from kdiag.wire.tokens import Tokens

_MODULES: Final = {
    "PLAIN": "PlainLoginModule",
    "SCRAM-SHA-256": "ScramLoginModule",
    "SCRAM-SHA-512": "ScramLoginModule",
    "OAUTHBEARER": "OAuthBearerLoginModule",
    "GSSAPI": "Krb5LoginModule",
}
MECHANISMS: Final = tuple(_MODULES)
_MSK_IAM: Final = "AWS_MSK_IAM"
_EXTENSION: Final = "extension_"


@dataclass(frozen=True, slots=True)
class Password:
    """User name and password, for PLAIN and SCRAM."""

    mechanism: str
    username: str
    password: Secret


@dataclass(frozen=True, slots=True)
class Bearer:
    """Where tokens come from, and SASL extensions (KIP-342) that go with them."""

    tokens: Tokens
    extensions: Mapping[str, str] = field(default_factory=dict)
    mechanism: str = "OAUTHBEARER"


@dataclass(frozen=True, slots=True)
class Kerberos:
    """First part of the brokers' principal, as in `kafka/broker1.example.com`."""

    service: str
    mechanism: str = "GSSAPI"


Login = Password | Bearer | Kerberos


def read_login(keys: Keys) -> Login:
    """Return what the keys `sasl.*` say. Raises UsageError, without a secret."""
    if keys.get("sasl.mechanism") == _MSK_IAM:
        raise UsageError(
            f"{keys.at('sasl.mechanism')} {_MSK_IAM} is for Java; Amazon MSK takes the same "
            "identity with sasl.mechanism=OAUTHBEARER, and sasl.oauthbearer.token_command set to "
            "what prints a token of aws-msk-iam-sasl-signer"
        )
    mechanism = keys.choice("sasl.mechanism", "GSSAPI", MECHANISMS)
    module = _module(keys, mechanism)
    options = module.options if module is not None else {}
    if mechanism == "OAUTHBEARER":
        extensions = {
            name.removeprefix(_EXTENSION): value
            for name, value in options.items()
            if name.startswith(_EXTENSION)
        }
        return Bearer(read_tokens(keys, options), extensions)
    if mechanism == "GSSAPI":
        return _kerberos(keys, options)
    return _password(keys, mechanism, module)


def _module(keys: Keys, mechanism: str) -> LoginModule | None:
    text, at = keys.get("sasl.jaas.config"), keys.at("sasl.jaas.config")
    if text is None:
        return None
    module = parse_jaas(text, at)
    if module.name != _MODULES[mechanism]:
        raise UsageError(
            f"{at} names {module.name}; sasl.mechanism={mechanism} needs {_MODULES[mechanism]}"
        )
    return module


def _password(keys: Keys, mechanism: str, module: LoginModule | None) -> Password:
    """Return user and password of the login module; what it lacks may stand beside it."""
    at = keys.at("sasl.jaas.config")
    options = module.options if module is not None else {}
    username = options.get("username") or keys.get("sasl.username")
    own = options.get("password")
    password = Secret(own) if own else keys.secret("sasl.password")
    if module is None and username is None and password is None:
        raise UsageError(
            f"{at} is missing; {mechanism} takes user name and password from it, or from "
            "sasl.username and sasl.password_file"
        )
    for name, value in (("username", username), ("password", password and password.value)):
        if not value:
            raise UsageError(
                f'{at} has no {name}; it should hold {name}="...", or give sasl.{name} beside it'
            )
    return Password(mechanism, username or "", password or Secret(""))


def _kerberos(keys: Keys, options: Mapping[str, str]) -> Kerberos:
    service = options.get("serviceName") or keys.get("sasl.kerberos.service.name")
    if find_spec("gssapi") is None:
        raise UsageError(
            f"{keys.at('sasl.mechanism')} GSSAPI needs the package gssapi; install it with: "
            "pip install 'kdiag[kerberos]'"
        )
    if not service:
        raise UsageError(f"{keys.at('sasl.kerberos.service.name')} is missing, usually it is kafka")
    return Kerberos(service)
