"""Operational diagnostics for Apache Kafka."""

from pathlib import Path

__version__ = "0.1.0"

# A wheel carries checks/, runbooks/ and grafana/ inside this package. In a checkout (and an
# editable install) they are our siblings: let imports and importlib.resources find them there,
# so that kdiag.checks always exists.
_home = Path(__file__).resolve().parent
if not (_home / "checks").is_dir():
    __path__.append(str(_home.parent))
