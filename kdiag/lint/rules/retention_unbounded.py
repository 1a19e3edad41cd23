"""Topics, or defaults of brokers, that keep records for ever.

With retention.ms and retention.bytes both -1 and no compaction nothing is ever deleted: the disk
fills at the rate of the writes.

Reads: definitions of topics; log.retention.* of brokers.
"""

from kdiag.lint.api import Action, Finding, KeyedFile, KeyedFiles, Said, check


@check(area="disk")
def retention_unbounded(files: KeyedFiles) -> Said:
    """Topics or defaults with no limit in time or in bytes, and without compaction."""
    for file in files:
        if file.kind == "topic":
            yield from _topic(file)
        elif file.kind == "broker":
            yield from _broker(file)


def _topic(file: KeyedFile) -> Said:
    if "compact" in (file.value("cleanup.policy") or "") or "${" in str(file.get("cleanup.policy")):
        return
    is_bounded = (file.number("retention.bytes") or -1) != -1 or "remote.storage.enable" in file
    if "retention.ms" in file and file.number("retention.ms") == -1 and not is_bounded:
        yield _finding(file, "retention.ms", f"Topic {file.name}")


def _broker(file: KeyedFile) -> Said:
    if "compact" in (file.value("log.cleanup.policy") or ""):
        return
    by_precedence = ("log.retention.ms", "log.retention.minutes", "log.retention.hours")
    used = next((key for key in by_precedence if key in file), None)
    if used and file.number(used) == -1 and (file.number("log.retention.bytes") or -1) == -1:
        yield _finding(file, used, "Every topic without a limit of its own")


def _finding(file: KeyedFile, key: str, who: str) -> Finding:
    return Finding(
        "warning",
        file.subject(key),
        f"{who} keeps its records for ever.",
        "Nothing is deleted, so the disk fills at the rate of the writes.",
        evidence={"key": key, "value": file.value(key)},
        actions=(Action(f"Set {key}, or a limit in bytes, or cleanup.policy=compact."),),
    )
