"""Other certificates and settings of TLS for a broker that runs, without a restart."""

from kdiag.lab import security
from kdiag.lab.lab import Lab
from kdiag.lab.plan import Certificate

LISTENER = "SSL"
_PREFIX = "listener.name.ssl.ssl."


def show(lab: Lab, broker: int, wanted: Certificate) -> None:
    """Let the listener with TLS of a broker show another certificate."""
    file = security.issue(lab.state.tls, f"broker-{broker}-next", wanted)
    lab.alter_config("broker", str(broker), {f"{_PREFIX}keystore.location": str(file)})


def show_usual(lab: Lab, broker: int) -> None:
    """Let it show the certificate again with which it was started."""
    lab.alter_config("broker", str(broker), {f"{_PREFIX}keystore.location": None})


def allow_versions(lab: Lab, broker: int, versions: str | None) -> None:
    """Allow other versions of TLS, None those of before."""
    lab.alter_config("broker", str(broker), {f"{_PREFIX}enabled.protocols": versions})
