"""`kdiag probe` and `kdiag exporter --probe` against real brokers, as a person types them."""

import json
import signal
import subprocess
import sys

import pytest

from kdiag.lab import Lab
from kdiag.lab.clients import (
    broker_ids,
    end_records,
    is_led,
    make_admin,
    topic_metadata,
    topic_names,
)
from kdiag.lab.waiting import wait_until
from tests.live.prometheus import binary
from tests.live.test_exporter import exporting, page, told

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

TOPIC = "kdiag-probe"
KINDS = ("ssl", "mtls", "sasl_plain", "scram_sha_512", "sasl_ssl")
WRITES = ("--allow-writes", "--seconds", "3", "--rate", "10")


@pytest.fixture(scope="module")
def lab():
    with Lab(3, racks=("r1", "r2", "r3"), properties={"min.insync.replicas": "2"}) as started:
        yield started


@pytest.fixture(scope="module")
def made(lab):
    """The document of the first run, that created the topic on a virgin cluster."""
    return document(probe(lab.bootstrap, *WRITES, "--create"))


def command(address, *more):
    return [sys.executable, "-m", "kdiag", "probe", "--bootstrap-server", address, *more]


def probe(address, *more, seconds=90):
    """Run the command; it must end by itself within the time."""
    return subprocess.run(  # noqa: S603
        command(address, *more, *(() if "-o" in more else ("-o", "json"))),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def document(done, code=0):
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def by_broker(found):
    return {row["broker"]: row for row in found["brokers"]}


def states(found):
    return {id_: row["state"] for id_, row in by_broker(found).items()}


def test_nothing_is_written_without_consent_nor_made_without_being_asked(fresh_lab):
    lab = fresh_lab(1)

    refused = probe(lab.bootstrap)
    without = probe(lab.bootstrap, *WRITES)

    assert refused.returncode == without.returncode == 2
    assert "--allow-writes allows it" in refused.stderr
    assert "topic kdiag-probe does not exist, and nothing was written" in without.stderr
    assert "kafka-topics.sh --bootstrap-server" in without.stderr
    assert topic_names(lab.admin()) == []
    by_hand = without.stderr.partition("kafka-topics.sh ")[2].split()
    lab.tool("org.apache.kafka.tools.TopicCommand", *by_hand)
    assert states(document(probe(lab.bootstrap, *WRITES))) == {1: "available"}


def test_on_a_healthy_cluster_every_broker_is_available_and_nothing_is_lost(lab, made):
    assert made["verdict"]["status"] == "available"
    assert made["cluster"]["id"] == lab.cluster_id
    assert states(made) == {1: "available", 2: "available", 3: "available"}
    for row in made["brokers"]:
        assert row["sent"] == row["acknowledged"] == row["received"] == 30
        assert row["lost"] == row["unread"] == row["duplicated"] == row["out_of_order"] == 0
        assert row["produce"]["max_seconds"] >= row["produce"]["p50_seconds"] > 0
        assert row["roundtrip"]["p50_seconds"] > 0
    assert made["written"]["records"] == 90
    assert made["written"]["made"].startswith("created topic kdiag-probe with 3 partitions")
    assert made["written"]["made_offsets_topic"] is True
    assert made["commits"]["failed"] == 0
    assert made["commits"]["succeeded"] > 0


def test_the_topic_has_a_partition_a_broker_in_all_racks_and_stays_small(lab, made):
    found = topic_metadata(lab.admin(), TOPIC).partitions
    replicas = {number: tuple(part.replicas) for number, part in found.items()}

    assert [ids[0] for _, ids in sorted(replicas.items())] == [1, 2, 3]
    assert all(set(ids) == {1, 2, 3} for ids in replicas.values())
    described = lab.tool(
        "org.apache.kafka.tools.TopicCommand",
        *("--bootstrap-server", lab.bootstrap, "--describe", "--topic", TOPIC),
    )
    for setting in ("min.insync.replicas=2", "retention.ms=3600000", "segment.bytes=16777216"):
        assert setting in described


def test_a_second_run_writes_what_it_says_and_commits_all_of_it(lab, made):
    before = end_records(lab.admin(), TOPIC)

    again = document(probe(lab.bootstrap, *WRITES))

    after = end_records(lab.admin(), TOPIC)
    assert after - before == again["written"]["records"] == 90
    assert again["written"]["made"] is None
    assert again["written"]["made_offsets_topic"] is False
    assert lab.committed(TOPIC, TOPIC) == after
    assert set(topic_names(lab.admin())) == {TOPIC, "__consumer_offsets"}


def test_the_screen_says_first_how_it_is_and_then_what_was_written(lab, made):
    done = probe(lab.bootstrap, *WRITES, "-o", "text")

    assert done.returncode == 0
    assert "\nAVAILABLE  90 records went through all 3 brokers and came back.\n" in done.stdout
    assert "This wrote 90 records to topic kdiag-probe" in done.stdout


def test_doctor_has_nothing_to_say_of_what_the_probe_leaves(lab, made):
    words = ("doctor", "--bootstrap-server", lab.bootstrap, "--sample-seconds", "0", "-o", "json")

    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "kdiag", *words], capture_output=True, text=True, check=False
    )

    report = json.loads(done.stdout)
    assert report["requests"]["writes"] == 0
    assert TOPIC not in json.dumps(report["findings"])


def test_a_broker_without_a_partition_is_not_probed_until_it_gets_one(lab):
    topic = "two.kdiag-probe"
    lab.create_topic(topic, assignment=[[1, 2, 3], [2, 3, 1]])

    before = document(probe(lab.bootstrap, *WRITES, "--topic", topic), code=4)
    after = document(probe(lab.bootstrap, *WRITES, "--topic", topic, "--create"))

    assert states(before) == {1: "available", 2: "available", 3: "not-probed"}
    assert "--create adds one" in by_broker(before)[3]["reason"]
    assert states(after) == {1: "available", 2: "available", 3: "available"}
    assert after["written"]["made"] == "added 1 to the 2 partitions of topic two.kdiag-probe"
    lab.delete_topic(topic)


def healed(lab):
    """Start broker 3 again, and wait until it leads its partition again.

    The others are asked: a broker that was frozen still tells what it knew before.
    """
    lab.brokers[3].start()
    others = ",".join(lab.brokers[id_].bootstrap for id_ in (1, 2))
    wait_until(lambda: broker_ids(others) == {1, 2, 3}, "three brokers serve", 60)
    admin = make_admin(others)
    wait_until(lambda: is_led(admin, TOPIC, 3), "all replicas are in sync", 90)

    def is_home():
        return topic_metadata(admin, TOPIC).partitions[2].leader == 3

    wait_until(is_home, "broker 3 leads its partition", 90, 0.5)


@pytest.fixture(scope="module")
def outage(lab, made):
    """What two runs say while broker 3 is dead: on the usual topic, and on a strict one."""
    strict = "strict.kdiag-probe"
    replicas = [[1, 2, 3], [2, 3, 1], [3, 1, 2]]
    lab.create_topic(strict, assignment=replicas, configs={"min.insync.replicas": "3"})
    lab.brokers[3].kill()
    try:
        wait_until(lambda: broker_ids(lab.bootstrap) == {1, 2}, "it is fenced", 60, 0.5)
        usual = probe(lab.bootstrap, *WRITES)
        refused = probe(lab.bootstrap, *WRITES, "--topic", strict, "--deadline", "4")
    finally:
        healed(lab)
    lab.delete_topic(strict)
    return document(usual, code=10), document(refused, code=10)


def test_a_broker_that_is_killed_is_named_and_the_others_are_available(outage):
    found, _ = outage
    assert states(found) == {1: "available", 2: "available", 3: "unavailable"}
    assert found["verdict"]["sentence"].startswith("Broker 3 cannot be written to: ")
    assert [(one["partition"], one["home"]) for one in found["moved"]] == [(2, 3)]
    assert by_broker(found)[1]["lost"] == by_broker(found)[2]["lost"] == 0


def test_too_few_in_sync_replicas_are_named_as_the_broker_names_them(outage):
    _, found = outage
    assert states(found) == {1: "unavailable", 2: "unavailable", 3: "unavailable"}
    for id_ in (1, 2):
        assert "NOT_ENOUGH_REPLICAS" in by_broker(found)[id_]["errors"]
        assert "failed with NOT_ENOUGH_REPLICAS" in by_broker(found)[id_]["reason"]


@pytest.mark.parametrize("blow", ["kill", "stop"])
def test_a_broker_that_fails_while_it_is_probed_is_named_and_costs_not_the_run(lab, made, blow):
    words = ("--allow-writes", "--seconds", "15", "-o", "json")
    process = subprocess.Popen(  # noqa: S603
        command(lab.bootstrap, *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        written = end_records(lab.admin(), TOPIC)
        wait_until(lambda: end_records(lab.admin(), TOPIC) > written + 30, "it writes", 30, 0.1)
        getattr(lab.brokers[3], blow)()
        out, error = process.communicate(timeout=90)
    finally:
        process.kill()
        lab.brokers[3].cont()
        healed(lab)

    found = json.loads(out)
    assert process.returncode == 10, error
    assert states(found)[3] == "unavailable"
    assert "Broker 3 cannot be written to: " in found["verdict"]["sentence"]
    for id_ in (1, 2):
        row = by_broker(found)[id_]
        assert row["state"] in ("available", "held-up"), row
        assert row["received"] > 30
        assert row["lost"] == row["unread"] == 0


def test_interrupted_it_says_what_was_measured(lab, made):
    process = subprocess.Popen(  # noqa: S603
        command(lab.bootstrap, "--allow-writes", "--seconds", "600"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        written = end_records(lab.admin(), TOPIC)
        wait_until(lambda: end_records(lab.admin(), TOPIC) > written + 30, "it writes", 30, 0.1)
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=20)
    finally:
        process.kill()

    assert process.returncode == 130, error
    assert "went through all 3 brokers and came back" in out
    assert "It was interrupted" in out
    assert "Traceback" not in error


@pytest.fixture(scope="module")
def secured():
    with Lab(1, listeners=KINDS) as started:
        yield started


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_client_properties_let_the_probe_write(secured, kind):
    config = ("--command-config", str(secured.client_properties(kind)))

    done = probe(secured.bootstrap_of(kind), *WRITES, "--create", *config)

    found = document(done)
    assert states(found) == {1: "available"}
    assert by_broker(found)[1]["received"] == 30


def test_pem_texts_in_the_file_itself_do_too(secured, tmp_path):
    tls = secured.state.tls

    def inline(name):
        return (tls / name).read_text().replace("\n", "\\n")

    file = tmp_path / "client.properties"
    file.write_text(
        "security.protocol=SSL\nssl.truststore.type=PEM\nssl.keystore.type=PEM\n"
        f"ssl.truststore.certificates={inline('ca.pem')}\n"
        f"ssl.keystore.certificate.chain={inline('client.crt')}\n"
        f"ssl.keystore.key={inline('client.key')}\n"
    )

    done = probe(secured.bootstrap_of("mtls"), *WRITES, "--create", "--command-config", str(file))

    assert states(document(done)) == {1: "available"}


@pytest.mark.parametrize("kind", ["sasl_plain", "scram_sha_512", "sasl_ssl"])
def test_a_wrong_password_is_one_sentence_without_it(secured, kind, tmp_path):
    text = secured.client_properties(kind).read_text()
    file = tmp_path / "client.properties"
    file.write_text(text.replace('password="', 'password="wrong-secret-'))

    done = probe(
        secured.bootstrap_of(kind), *WRITES, "--create", "--command-config", str(file), "-v"
    )

    assert done.returncode == 3
    assert "SASL" in done.stderr
    assert "wrong-secret" not in done.stdout + done.stderr


def test_a_key_that_is_not_known_is_refused(secured, tmp_path):
    file = tmp_path / "client.properties"
    file.write_text("security.protocol=SASL_PLAINTEXT\nsasl.mechanism=KERBEROS_9\n")

    done = probe(secured.bootstrap, *WRITES, "--command-config", str(file))

    assert done.returncode == 2
    assert "sasl.mechanism is 'KERBEROS_9'; allowed are" in done.stderr


PROBING = ("--probe", "--allow-writes", "--probe-rate", "5")


def test_the_exporter_lacks_a_topic_says_so_and_makes_it_where_it_may(fresh_lab):
    lab = fresh_lab(1)
    with exporting(lab, *PROBING) as served:
        wait_until(lambda: told(served).get(("kdiag_up",)) == 1, "it reads", 60, 0.5)
        values, text = told(served), httpx_text(served)
        assert values["kdiag_probe_active",] == 0
        assert not any(key[0] == "kdiag_probe_up" for key in values)
        assert "Topic kdiag-probe does not exist" in text
        assert topic_names(lab.admin()) == []
    with exporting(lab, *PROBING, "--probe-create") as served:
        wait_until(lambda: told(served).get(("kdiag_probe_up", "1")) == 1, "it writes", 60, 0.5)
        assert told(served)["kdiag_probe_active",] == 1
        lab.delete_topic(TOPIC)
        wait_until(lambda: told(served).get(("kdiag_probe_up", "1")) != 1, "it is gone", 60, 0.5)
        wait_until(lambda: told(served).get(("kdiag_probe_up", "1")) == 1, "it is back", 60, 0.5)
        before = received(served, 1)
        wait_until(lambda: received(served, 1) > before, "records come through it", 60, 0.5)
        assert told(served)["kdiag_probe_records_lost_total", "1"] == 0


def httpx_text(address):
    import httpx

    return httpx.get(f"http://{address}/").text


def test_the_exporter_serves_what_came_through_and_promtool_finds_nothing_wrong(lab, made):
    path = binary()
    with exporting(lab, *PROBING) as served:
        wait_until(lambda: received(served, 3) > 10, "records came back", 60, 0.5)
        values, text, landing = told(served), page(served), httpx_text(served)

    assert all(values["kdiag_probe_up", str(id_)] == 1 for id_ in (1, 2, 3))
    for id_ in ("1", "2", "3"):
        sent = values["kdiag_probe_records_sent_total", id_]
        assert sent >= values["kdiag_probe_records_acknowledged_total", id_] > 10
        assert values["kdiag_probe_records_lost_total", id_] == 0
        assert values["kdiag_probe_produce_seconds_bucket", id_, "+Inf"] > 9
        assert values["kdiag_probe_roundtrip_seconds_count", id_] > 9
    assert values["kdiag_probe_commit_seconds_count",] > 0
    assert "The probe writes" in landing
    assert "to each partition of topic kdiag-probe, records at 5 a second" in landing
    if path is None:
        pytest.skip("prometheus cannot be fetched: install Debian's package")
    done = subprocess.run(  # noqa: S603
        [path.with_name("promtool"), "check", "metrics"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr + done.stdout == ""


def received(address, broker):
    return told(address).get(("kdiag_probe_records_received_total", str(broker)), 0)


def test_without_a_probe_the_exporter_says_that_it_only_reads(lab):
    with exporting(lab) as served:
        assert not any(key[0].startswith("kdiag_probe") for key in told(served))
        assert "It is only read." in httpx_text(served)


def test_a_frozen_broker_is_down_and_holds_up_no_scrape_and_no_end(lab, made):
    """A run of the command meanwhile names it, too: the cluster does not miss it yet."""
    try:
        with exporting(lab, *PROBING) as served:
            wait_until(lambda: told(served).get(("kdiag_probe_up", "3")) == 1, "it is up", 60, 0.5)
            lab.brokers[3].stop()
            done = probe(lab.bootstrap, *WRITES, "--deadline", "3")
            wait_until(
                lambda: told(served).get(("kdiag_probe_up", "3")) == 0, "it is down", 60, 0.5
            )
            before = received(served, 1)
            wait_until(lambda: received(served, 1) > before, "others go on", 60, 0.5)
    finally:
        lab.brokers[3].cont()
        healed(lab)
    assert done.returncode == 10, done.stdout + done.stderr
    assert states(json.loads(done.stdout))[3] == "unavailable"


def test_a_broker_that_is_removed_leaves_no_series(fresh_lab, tmp_path):
    lab = fresh_lab(3, properties={"min.insync.replicas": "2"})
    with exporting(lab, *PROBING, "--probe-create") as served:
        wait_until(lambda: told(served).get(("kdiag_probe_up", "3")) == 1, "it is up", 60, 0.5)
        plan = [{"topic": TOPIC, "partition": n, "replicas": [1, 2]} for n in range(3)]
        file = tmp_path / "plan.json"
        file.write_text(json.dumps({"version": 1, "partitions": plan}))
        lab.brokers[3].kill()
        wait_until(lambda: told(served).get(("kdiag_probe_up", "3")) == 0, "it is away", 60, 0.5)
        lab.tool(
            "org.apache.kafka.tools.reassign.ReassignPartitionsCommand",
            *("--bootstrap-server", lab.bootstrap, "--reassignment-json-file", str(file)),
            "--execute",
        )

        def is_gone():
            return not any(
                key[0].startswith("kdiag_probe_") and key[1:2] == ("3",) for key in told(served)
            )

        wait_until(is_gone, "its series are gone", 60, 0.5)
        assert told(served)["kdiag_probe_up", "1"] == 1


def test_the_run_ends_in_time_though_no_broker_answers(fresh_lab):
    lab = fresh_lab(1)
    document(probe(lab.bootstrap, *WRITES, "--create"))
    process = subprocess.Popen(  # noqa: S603
        command(lab.bootstrap, "--allow-writes", "--seconds", "3", "--deadline", "2", "-o", "json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        written = end_records(lab.admin(), TOPIC)
        wait_until(lambda: end_records(lab.admin(), TOPIC) > written, "it writes", 30, 0.05)
        lab.brokers[1].stop()
        out, error = process.communicate(timeout=60)
    finally:
        process.kill()
        lab.brokers[1].cont()

    assert process.returncode == 10, error
    row = by_broker(json.loads(out))[1]
    assert row["state"] in ("partly", "unavailable")
    assert row["failed"] + row["unread"] > 0
