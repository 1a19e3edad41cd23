"""Keys of a client.properties as variables of the environment, for containers without a file."""

import os
from typing import Final

from kdiag.wire.keys import KEYS

VARIABLES: Final = {f"KDIAG_KAFKA_{key.upper().replace('.', '_')}": key for key in KEYS}
"""Variable → key, as KDIAG_KAFKA_SASL_PASSWORD_FILE → sasl.password_file."""


def variables() -> list[str]:
    """Return the names of the variables that are set."""
    return [name for name in VARIABLES if name in os.environ]
