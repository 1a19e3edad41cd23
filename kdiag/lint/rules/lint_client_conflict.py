"""Settings of a client that do not go together.

Some the client refuses when it starts (KafkaProducer, KafkaConsumer and librdkafka check them);
others it takes, and does something else than the file seems to say.

Each sentence was tried on Java's clients of 3.9, 4.0 and 4.4, and on librdkafka 2.16.

Reads: properties files of clients; ProducerConfig.postProcessAndValidateIdempotenceConfigs,
KafkaProducer.configureDeliveryTimeout, ConsumerConfig.checkUnsupportedConfigsPostProcess,
KafkaAdminClient.configureDefaultApiTimeoutMs, librdkafka's rd_kafka_conf_finalize.
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
_LARGEST_BATCH = 1_048_588  # message.max.bytes of brokers, unless they say otherwise
_SESSIONS = (6_000, 1_800_000)  # group.min and group.max.session.timeout.ms, likewise
_FRAME = 512  # what librdkafka wants to be there beside the records of a fetch
_EAGER, _COOPERATIVE = {"range", "roundrobin"}, {"cooperative-sticky"}
_SHORT = _EAGER | _COOPERATIVE | {"sticky"}
_OF_BROKER = (
    "session.timeout.ms",
    "heartbeat.interval.ms",
    "partition.assignment.strategy",
    "group.protocol.type",
)
_STARTS_NOT = "The client does not start."


@check(area="files")
def lint_client_conflict(clients: ClientFiles) -> Said:
    """Settings that contradict each other: refused at the start, or without effect."""
    for file in clients:
        yield from _idempotence(file)
        yield from _transactions(file)
        yield from _deliveries(file)
        yield from _sessions(file)
        yield from _sizes(file)
        yield from _group(file)
        yield from _assignors(file)
        yield from _security(file)


def _idempotence(file: KeyedFile) -> Iterator[Finding]:
    """Idempotence needs acks=all, retries, and at most five requests in flight."""
    is_asked = _is_written(file, is_on=True) or "transactional.id" in file
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
        elif key.startswith("max.in.flight"):
            text = f"{key}={file.value(key)} does not go with idempotence, which is on by default."
            impact = (
                "Since Kafka 4.0 the client does not start; before, idempotence is off without a "
                "word, and writes may be there twice, and out of order."
            )
            do = f"Set {_right(key)}, or enable.idempotence=false if that is meant."
            yield _finding(file, key, "critical", text, impact, do)
        else:
            text = f"{key}={file.value(key)} turns idempotence off, which is on by default."
            impact = "Writes that are repeated may be there twice, and out of order."
            yield _finding(file, key, "info", text, impact, f"Set {_right(key)}, if that matters.")


def _against(file: KeyedFile) -> Iterator[tuple[str, bool]]:
    flight = "max.in.flight.requests.per.connection"
    acks, retries = file.value("acks"), file.value("retries")
    yield "acks", acks is not None and acks.lower() not in ("all", "-1")
    yield "retries", retries == "0"
    most = file.number(flight) if flight in file else None
    yield flight, most is not None and most > _MOST_IN_FLIGHT


def _is_written(file: KeyedFile, *, is_on: bool) -> bool:
    return "enable.idempotence" in file and file.is_on("enable.idempotence") is is_on


def _right(key: str) -> str:
    return {"acks": "acks=all", "retries": "retries=2147483647"}.get(key, f"{key}=5")


def _transactions(file: KeyedFile) -> Iterator[Finding]:
    if "transactional.id" in file and _is_written(file, is_on=False):
        text = "transactional.id does not go with enable.idempotence=false."
        yield _finding(
            file, "enable.idempotence", "critical", text, _STARTS_NOT, "Take that line out."
        )


def _deliveries(file: KeyedFile) -> Iterator[Finding]:
    """How long a write may take, and the requests that it is made of."""
    delivery, request = file.number("delivery.timeout.ms"), file.number("request.timeout.ms") or 0
    linger = file.number("linger.ms") or 0
    is_c, is_given = file.library == "librdkafka", "delivery.timeout.ms" in file
    if not is_c and is_given and delivery is not None and delivery < linger + request:
        text = (
            f"delivery.timeout.ms={delivery} is less than linger.ms + request.timeout.ms = "
            f"{linger + request}."
        )
        do = f"Set delivery.timeout.ms to {linger + request} or more."
        yield _finding(file, "delivery.timeout.ms", "critical", text, _STARTS_NOT, do)
    if is_c and (is_given or "linger.ms" in file) and delivery and delivery <= linger:
        text = f"message.timeout.ms={delivery} is no more than linger.ms={linger}."
        do = f"Set message.timeout.ms to more than {linger}."
        yield _finding(file, "message.timeout.ms", "critical", text, _STARTS_NOT, do)
    api = file.number("default.api.timeout.ms")
    is_given = "default.api.timeout.ms" in file
    if file.tables == ("admin",) and is_given and api is not None and request > api:
        text = f"request.timeout.ms={request} is more than default.api.timeout.ms={api}."
        do = "Make default.api.timeout.ms the longer one."
        yield _finding(file, "request.timeout.ms", "critical", text, _STARTS_NOT, do)


def _sessions(file: KeyedFile) -> Iterator[Finding]:
    """When a member counts as dead."""
    session, beat = file.number("session.timeout.ms"), file.number("heartbeat.interval.ms")
    if "session.timeout.ms" in file and session and not _SESSIONS[0] <= session <= _SESSIONS[1]:
        text = f"session.timeout.ms={session} is not within {_SESSIONS[0]} and {_SESSIONS[1]}."
        impact = (
            "Brokers do not let it into its group, unless their group.min.session.timeout.ms or "
            "group.max.session.timeout.ms was changed."
        )
        do = "Set it to 45000, or to a value within what the brokers allow."
        yield _finding(file, "session.timeout.ms", "warning", text, impact, do)
    is_given = "session.timeout.ms" in file or "heartbeat.interval.ms" in file
    if is_given and session and beat and beat * 3 > session:
        yield _beats(file, session, beat)
    poll = file.number("max.poll.interval.ms")
    is_given = "session.timeout.ms" in file or "max.poll.interval.ms" in file
    if file.library == "librdkafka" and is_given and session and poll and session > poll:
        text = f"session.timeout.ms={session} is more than max.poll.interval.ms={poll}."
        do = "Make max.poll.interval.ms the longer one."
        yield _finding(file, "session.timeout.ms", "critical", text, _STARTS_NOT, do)


def _beats(file: KeyedFile, session: int, beat: int) -> Finding:
    severity: Severity = "critical" if beat >= session else "warning"
    if beat < session:
        text = f"heartbeat.interval.ms={beat} is more than a third of session.timeout.ms={session}."
        impact = "One or two lost heartbeats end the session."
    else:
        text = f"heartbeat.interval.ms={beat} is no less than session.timeout.ms={session}."
        impact = (
            _STARTS_NOT
            if file.library == "java"
            else "Every session ends before its first heartbeat: the group never comes to rest."
        )
    do = f"Set heartbeat.interval.ms to {session // 3} or less."
    return _finding(file, "heartbeat.interval.ms", severity, text, impact, do)


def _sizes(file: KeyedFile) -> Iterator[Finding]:
    if file.library == "librdkafka":
        yield from _fetches(file)
        return
    batch = file.number("batch.size")
    if "batch.size" in file and batch and batch > _LARGEST_BATCH:
        text = f"batch.size={batch} is more than brokers take at once, {_LARGEST_BATCH}."
        impact = (
            "A full batch is refused, unless message.max.bytes or max.message.bytes was raised; it "
            "is split and sent again until records run out of delivery.timeout.ms."
        )
        do = "Lower batch.size, or raise max.message.bytes of the topics."
        yield _finding(file, "batch.size", "warning", text, impact, do)


def _fetches(file: KeyedFile) -> Iterator[Finding]:
    """What a fetch may hold; librdkafka adapts what is not set."""
    fetch, largest = file.number("fetch.max.bytes"), file.number("message.max.bytes")
    received = file.number("receive.message.max.bytes")
    if "fetch.max.bytes" in file and fetch is not None and largest and fetch < largest:
        text = f"fetch.max.bytes={fetch} is less than message.max.bytes={largest}."
        do = f"Set fetch.max.bytes to {largest} or more."
        yield _finding(file, "fetch.max.bytes", "critical", text, _STARTS_NOT, do)
    is_given = "receive.message.max.bytes" in file
    if is_given and received and fetch and received < fetch + _FRAME:
        text = f"receive.message.max.bytes={received} is less than fetch.max.bytes + {_FRAME}."
        do = f"Set receive.message.max.bytes to {fetch + _FRAME} or more."
        yield _finding(file, "receive.message.max.bytes", "critical", text, _STARTS_NOT, do)


def _group(file: KeyedFile) -> Iterator[Finding]:
    """What the broker decides in the new protocol, the client may not set."""
    protocol = file.effective("group.protocol")
    assignor = "group.remote.assignor"
    if protocol and protocol.lower() == "classic" and assignor in file and file.library == "java":
        text = f"{assignor} does not go with group.protocol=classic, which is the default."
        do = f"Set group.protocol=consumer, or take {assignor} out."
        yield _finding(file, assignor, "critical", text, _STARTS_NOT, do)
    if (protocol or "").lower() != "consumer":
        return
    for key in (key for key in _OF_BROKER if key in file):
        text = f"{key} does not go with group.protocol=consumer: brokers decide that then."
        yield _finding(file, key, "critical", text, _STARTS_NOT, f"Take {key} out.")


def _assignors(file: KeyedFile) -> Iterator[Finding]:
    """Java's clients want classes; librdkafka has three words, and no mix of both ways."""
    key = "partition.assignment.strategy"
    words = {each.strip() for each in (file.value(key) or "").split(",")} - {""}
    if file.library == "java":
        for word in sorted(words & _SHORT):
            text = f"{word} of {key} is no class, and Java's clients want one."
            do = "Write the class, as org.apache.kafka.clients.consumer.RangeAssignor."
            yield _finding(file, key, "critical", text, _STARTS_NOT, do)
        return
    for word in sorted(words - _EAGER - _COOPERATIVE):
        text = f"{word} of {key} is none of range, roundrobin and cooperative-sticky."
        yield _finding(file, key, "critical", text, _STARTS_NOT, "Write one of those.")
    if words & _EAGER and words & _COOPERATIVE:
        text = f"{key} mixes cooperative-sticky with others."
        yield _finding(file, key, "critical", text, _STARTS_NOT, "Keep one kind of them.")


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
