"""What a Connect worker does not accept of a connector, in its own words.

A worker looks layer by layer: first at what keys lack, then at the database, which the connector
dials; a task finds the rest when it runs. What is behind the first layer shows once that is mended.
Debezium blames all that a database says on database.hostname; here it is at the key it is about.

Reads: PUT /connector-plugins/CLASS/config/validate (--connect URL --validate; nothing is stored).
"""

from kdiag.lint.api import Action, Finding, KeyedFile, Refusal, Said, Validations, check

_HOST = "database.hostname"
_ABOUT = (
    ("password", "database.password"),
    ("no pg_hba.conf entry", "database.user"),
    ("role ", "database.user"),
    ("database ", "database.dbname"),
    ("connection to ", "database.port"),
)
"""Words of PostgreSQL and its driver → the key that they are about."""


@check(
    area="files",
    explained_by=("lint-connector-required", "lint-invalid-value", "lint-unknown-key"),
)
def lint_connector_refused(validations: Validations) -> Said:
    """Connectors that a worker would refuse, where one is asked (--connect URL --validate)."""
    for file in validations.absent:
        yield _absent(file)
    for refusal in validations:
        file, key = refusal.file, _key(refusal)
        name = _named(file)
        yield Finding(
            "critical",
            file.subject(key),
            f"The worker does not accept {key} of {name}: {refusal.text.rstrip('.')}.",
            "Connect refuses the connector (HTTP 400), or it runs and its task fails.",
            evidence={"key": key, "reported_key": refusal.key, "worker_says": refusal.text},
            actions=(
                Action(
                    f"Mend {key}, and validate again: what is behind it is looked at only then."
                ),
            ),
        )


def _absent(file: KeyedFile) -> Finding:
    class_ = file.value("connector.class") or ""
    return Finding(
        "critical",
        file.subject("connector.class"),
        f"The worker has no plug-in {class_}, so it did not look at the rest of {_named(file)}.",
        "Connect refuses the connector (HTTP 400) until the plug-in is installed.",
        evidence={"key": "connector.class", "plugin": class_},
        actions=(
            Action(
                "Install it in plugin.path of every worker and restart them, or mend the name; "
                "GET /connector-plugins lists what there is."
            ),
        ),
    )


def _named(file: KeyedFile) -> str:
    return f"connector {file.name}" if file.name else "the connector"


def _key(refusal: Refusal) -> str:
    """Return the key that an error is about, where the worker blames another."""
    if refusal.key != _HOST or "validating" not in refusal.text:
        return refusal.key
    said = refusal.text.lower().partition("config:")[2]
    found = next((key for words, key in _ABOUT if words in said), _HOST)
    is_dialled = found == "database.port" and found in refusal.file
    return _HOST if is_dialled else found
