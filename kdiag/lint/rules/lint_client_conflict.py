"""Settings of a client that do not go together.

Some the client refuses when it starts (KafkaProducer, KafkaConsumer and librdkafka check them);
others it takes, and does something else than the file seems to say.

Reads: properties files of clients; ProducerConfig.postProcessAndValidateIdempotenceConfigs,
KafkaProducer.configureDeliveryTimeout, ConsumerConfig.checkUnsupportedConfigsPostProcess,
librdkafka's rd_kafka_conf_finalize.
"""

from collections.abc import Iterator

from kdiag.lint.api import (
    Action,
    ClientFiles,
    Finding,
    KeyedFile,
    Said,
    Severity,
    check,
    is_secret,
)

_MOST_IN_FLIGHT = 5
_OF_BROKER = ("session.timeout.ms", "heartbeat.interval.ms", "partition.assignment.strategy")
_STARTS_NOT = "The client does not start."


@check(area="files")
def lint_client_conflict(clients: ClientFiles) -> Said:
    """Settings that contradict each other: refused at the start, or without effect."""
    for file in clients:
        yield from _idempotence(file)
        yield from _transactions(file)
        yield from _timeouts(file)
        yield from _sizes(file)
        yield from _group(file)
        yield from _security(file)


def _idempotence(file: KeyedFile) -> Iterator[Finding]:
    """Idempotence needs acks=all, retries, and at most five requests in flight."""
    is_asked = file.value("enable.idempotence") == "true" or "transactional.id" in file
    is_java_default = file.library == "java" and "enable.idempotence" not in file
    if not is_asked and not is_java_default:
        return
    for key, is_wrong in _against(file):
        if not is_wrong:
            continue
        if is_asked:
            why = "transactional.id" if "transactional.id" in file else "enable.idempotence=true"
            text = f"{file.value(key)} of {key} does not go with {why}."
            yield _finding(file, key, "critical", text, _STARTS_NOT, f"Set {_right(key)}.")
        elif key == "acks":
            text = f"acks={file.value(key)} turns idempotence off, which is on by default."
            impact = "Writes that are repeated may be there twice, and out of order."
            yield _finding(file, key, "info", text, impact, "Set acks=all, if that matters.")
        elif key.startswith("max.in.flight"):
            text = f"{key}={file.value(key)} turns idempotence off, which is on by default."
            impact = "Writes that are repeated may be there twice, and out of order."
            yield _finding(file, key, "warning", text, impact, f"Set {_right(key)}.")


def _against(file: KeyedFile) -> Iterator[tuple[str, bool]]:
    flight = "max.in.flight.requests.per.connection"
    acks, retries = file.value("acks"), file.value("retries")
    yield "acks", acks is not None and acks.lower() not in ("all", "-1")
    yield "retries", retries == "0"
    most = file.number(flight) if flight in file else None
    yield flight, most is not None and most > _MOST_IN_FLIGHT


def _right(key: str) -> str:
    return {"acks": "acks=all", "retries": "retries=2147483647"}.get(key, f"{key}=5")


def _transactions(file: KeyedFile) -> Iterator[Finding]:
    if "transactional.id" in file and file.value("enable.idempotence") == "false":
        text = "transactional.id does not go with enable.idempotence=false."
        yield _finding(
            file, "enable.idempotence", "critical", text, _STARTS_NOT, "Take that line out."
        )


def _timeouts(file: KeyedFile) -> Iterator[Finding]:
    delivery = file.number("delivery.timeout.ms") if "delivery.timeout.ms" in file else None
    linger, request = file.number("linger.ms") or 0, file.number("request.timeout.ms") or 0
    if file.library == "java" and delivery is not None and delivery < linger + request:
        text = (
            f"delivery.timeout.ms={delivery} is less than linger.ms + request.timeout.ms = "
            f"{linger + request}."
        )
        do = f"Set delivery.timeout.ms to {linger + request} or more."
        yield _finding(file, "delivery.timeout.ms", "critical", text, _STARTS_NOT, do)
    if "session.timeout.ms" not in file and "heartbeat.interval.ms" not in file:
        return
    session, beat = file.number("session.timeout.ms"), file.number("heartbeat.interval.ms")
    if session and beat and beat * 3 > session:
        is_over = beat >= session
        text = f"heartbeat.interval.ms={beat} is more than a third of session.timeout.ms={session}."
        impact = _STARTS_NOT if is_over else "One or two lost heartbeats end the session."
        do = f"Set heartbeat.interval.ms to {session // 3} or less."
        level: Severity = "critical" if is_over and file.library == "java" else "warning"
        yield _finding(file, "heartbeat.interval.ms", level, text, impact, do)
    yield from _poll(file, session)


def _poll(file: KeyedFile, session: int | None) -> Iterator[Finding]:
    poll = file.number("max.poll.interval.ms")
    if session and poll and session > poll:
        is_refused = file.library == "librdkafka"
        text = f"session.timeout.ms={session} is more than max.poll.interval.ms={poll}."
        impact = _STARTS_NOT if is_refused else "The longer of the two never ends a session."
        do = "Make max.poll.interval.ms the longer one."
        level: Severity = "critical" if is_refused else "warning"
        yield _finding(file, "session.timeout.ms", level, text, impact, do)


def _sizes(file: KeyedFile) -> Iterator[Finding]:
    batch, largest = file.number("batch.size"), file.number("max.request.size")
    if "batch.size" in file and batch and largest and batch > largest:
        text = f"batch.size={batch} is more than max.request.size={largest}."
        impact = "Full batches are refused with RecordTooLargeException where they do not shrink."
        do = "Raise max.request.size and max.message.bytes of the topics, or lower batch.size."
        yield _finding(file, "batch.size", "warning", text, impact, do)


def _group(file: KeyedFile) -> Iterator[Finding]:
    """What the broker decides in the new protocol, the client may not set."""
    if (file.value("group.protocol") or "").lower() != "consumer":
        return
    for key in (key for key in _OF_BROKER if key in file):
        text = f"{key} does not go with group.protocol=consumer: brokers decide that then."
        yield _finding(file, key, "critical", text, _STARTS_NOT, f"Take {key} out.")


def _security(file: KeyedFile) -> Iterator[Finding]:
    """Credentials and certificates that the protocol leaves unused."""
    protocol = (file.effective("security.protocol") or "").upper()
    if not protocol or "${" in protocol:
        return
    default = "" if "security.protocol" in file else ", which is the default"
    for prefix, needs in (("sasl.", "SASL"), ("ssl.", "SSL")):
        used = [each for each in file.settings if each.key.startswith(prefix)]
        if used and needs not in protocol:
            text = (
                f"{used[0].key} is set, but security.protocol={protocol.lower()}{default} does "
                f"not use it."
                if file.library == "librdkafka"
                else f"{used[0].key} is set, but security.protocol={protocol}{default} does not "
                "use it."
            )
            impact = (
                "The client connects without logging in."
                if needs == "SASL"
                else "The client connects without TLS."
            )
            do = "Set security.protocol=SASL_SSL, or SSL where clients have certificates."
            yield _finding(file, used[0].key, "warning", text, impact, do)


def _finding(
    file: KeyedFile, key: str, severity: Severity, text: str, impact: str, do: str
) -> Finding:
    return Finding(
        severity,
        file.subject(key),
        text,
        impact,
        evidence={"key": key, "value": "***" if is_secret(key) else file.value(key)},
        actions=(Action(do),),
    )
