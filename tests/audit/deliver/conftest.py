import ssl
from dataclasses import replace

import pytest
import trustme

from kdiag.cli.delivery import Delivery, targets
from tests.audit.deliver.receiver import receiving
from tests.audit.deliver.reports import SECRET

NO_FLAGS = Delivery(None, None, 86400, preview_delivery=False)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    """Servers of tests are on loopback."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def authority(tmp_path):
    """Return (file of an authority, TLS context of a server that it vouches for)."""
    made = trustme.CA()
    file = tmp_path / "ca.pem"
    made.cert_pem.write_to_path(file)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return file, context


@pytest.fixture
def https(authority):
    with receiving(authority[1]) as receiver:
        yield receiver


@pytest.fixture
def http():
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def channels(tmp_path):
    """Return what makes channels of the text of a config file; secrets are in the file `secret`."""
    (tmp_path / "secret").write_text(SECRET + "\n")

    def make(text, **flags):
        file = tmp_path / "kdiag.toml"
        file.write_text(text)
        return targets(file, replace(NO_FLAGS, **flags))

    return make
