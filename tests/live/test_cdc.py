"""From a database to a bucket: PostgreSQL, Debezium, a worker and an object store, as doctor sees.

All that need the same share one lab. What stands around three brokers is tried by `make zoo`.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from kdiag.analysis.chains import Chains
from kdiag.cli.around import services_of_lab
from kdiag.cli.scoring import judge
from kdiag.collect import collect
from kdiag.finding import Reported
from kdiag.lab import FAULTS, LOOKALIKES, Lab, debezium_keys
from kdiag.lab.fault import heal
from kdiag.lab.groups import wait_committed
from kdiag.lab.services import WITH_ALL
from kdiag.lab.waiting import wait_until
from kdiag.pipeline_sections import PostgresServers, Publications, ReplicationSlots
from kdiag.plan import plan
from kdiag.sources.jmx import Access
from kdiag.sources.postgres.reading import Limits as PostgresLimits
from kdiag.sources.postgres.reading import read_postgres
from kdiag.view import View
from tests.live.seeing import CHECKS, Seen, seen_of

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]

TRIED = [one for one in (FAULTS | LOOKALIKES).values() if one.lab == WITH_ALL]


@pytest.fixture(scope="module")
def seen() -> Iterator[Seen]:
    with Lab(**WITH_ALL) as lab:
        yield seen_of(lab, TRIED, sample_seconds=4)


@pytest.mark.parametrize("fault", TRIED, ids=lambda fault: fault.name)
def test_each_is_named_at_its_root_and_on_its_object(seen: Seen, fault) -> None:
    scored = judge(fault, seen.report, 0)

    assert scored.is_right, scored


def test_slots_publications_and_the_server_are_read(seen: Seen) -> None:
    [server] = seen.snapshot.get(PostgresServers).rows.itertuples()
    slots = seen.snapshot.get(ReplicationSlots).rows.set_index("slot")
    published = seen.snapshot.get(Publications).rows

    assert (server.wal_level, server.is_standby, server.database) == ("logical", False, "shop")
    assert server.wal_bytes >= 16 << 20
    assert slots.loc["shop_slot", "is_active"]
    assert not slots.loc["analytics", "is_active"]
    assert slots.loc["analytics", "kept_bytes"] > 100_000
    published = published.set_index("publication")["table_count"]
    assert published["shop_slot_publication"] == 1


def test_slots_are_read_twice_where_somebody_may_have_left_one(seen: Seen) -> None:
    assert seen.snapshot.earlier is not None
    assert isinstance(seen.snapshot.earlier.get(ReplicationSlots), ReplicationSlots)


def test_a_database_without_an_encoding_answers_text(seen: Seen) -> None:
    postgres = seen.lab.postgres
    postgres.execute("CREATE DATABASE plain ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    [known] = services_of_lab(seen.lab).postgres
    plain = replace(known, dsn=urlsplit(known.dsn)._replace(path="/plain").geturl())

    made = asyncio.run(read_postgres([plain], PostgresLimits(20)))

    [server] = made[PostgresServers].rows.itertuples()
    assert (server.database, server.wal_level) == ("plain", "logical")
    assert "shop_slot" in set(made[ReplicationSlots].rows["slot"])


def test_how_late_a_change_was_is_told_over_jmx_of_the_worker(seen: Seen) -> None:
    [idle] = [check for check in CHECKS if check.id == "connector-idle"]
    services, access = services_of_lab(seen.lab), Access(urls=seen.lab.connect.jmx_urls)
    seen.lab.postgres.write(10)

    def late() -> list[str]:
        made = collect(plan([idle]), seen.lab.bootstrap, access=access, services=services)
        rows = View(made).get(Chains).rows.dropna(subset=["behind_seconds"])
        return [row.line for row in rows.itertuples() if 0 <= row.behind_seconds < 3600]

    wait_until(lambda: any("its last change" in line for line in late()), "a delay is told", 60, 1)


def test_no_password_is_in_the_snapshot(seen: Seen) -> None:
    text = repr([vars(one) for one in seen.snapshot.sections.values()])

    for role in ("kdiag", "debezium", "postgres"):
        assert seen.lab.postgres.password(role) not in text


def validated(seen: Seen, tmp_path, **changed) -> tuple[int, dict[str, str], str]:
    """Run lint on the shipped connector with some keys more; return code, key → symptom, text."""
    document = json.loads((ROOT / "examples" / "postgres-source.json").read_text())
    document["config"] |= {"database.hostname": "127.0.0.1", "database.user": "debezium"}
    document["config"] |= {"database.dbname": "shop"} | changed
    file = tmp_path / "postgres-source.json"
    file.write_text(json.dumps(document))
    return asked(seen, file)


def asked(seen: Seen, file: Path) -> tuple[int, dict[str, str], str]:
    """Run lint with the worker on a file; return code, key → symptom, text."""
    words = ["lint", "--connect", seen.lab.connect.urls[0], "--validate", "-o", "json", str(file)]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "kdiag", *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    findings = json.loads(done.stdout)["findings"]
    told = {
        each["evidence"]["key"]: each["symptom"]
        for each in findings
        if each["check"] == "lint-connector-refused"
    }
    return done.returncode, told, done.stdout + done.stderr


def test_a_worker_is_asked_layer_by_layer_and_no_secret_comes_back(seen: Seen, tmp_path) -> None:
    port = str(seen.lab.postgres.service.port)
    prefix = {"topic.prefix": "lint"}
    secret = seen.lab.postgres.password("debezium")
    before = slots(seen)

    first = validated(seen, tmp_path)
    second = validated(seen, tmp_path, **prefix, **{"database.port": "1"})
    third = validated(seen, tmp_path, **prefix, **{"database.port": port})
    wrong = {"database.port": port, "database.password": "wrong-one"}
    fourth = validated(seen, tmp_path, **prefix, **wrong)
    right = validated(
        seen, tmp_path, **prefix, **{"database.port": port, "database.password": secret}
    )

    assert "A value is required" in first[1]["topic.prefix"]
    assert "dials what the connector reads from or writes to, and stores nothing" in first[2]
    assert "refused" in second[1]["database.hostname"]
    assert "no password was provided" in third[1]["database.password"]
    assert "password authentication failed" in fourth[1]["database.password"]
    assert [code for code, *_ in (first, second, third, fourth)] == [10] * 4
    assert right[1] == {}
    assert not any(word in text for _, _, text in (fourth, right) for word in ("wrong-one", secret))
    assert slots(seen) == before


def slots(seen: Seen) -> list[str]:
    told = seen.lab.postgres.execute("select slot_name from pg_replication_slots order by 1")
    return told.split()


def test_a_plug_in_that_the_worker_lacks_is_named(seen: Seen, tmp_path) -> None:
    code, told, text = validated(seen, tmp_path, **{"connector.class": "org.example.MySource"})

    assert code == 10
    assert "The worker has no plug-in org.example.MySource" in told["connector.class"]
    assert "/plugins" not in text


def test_the_sink_of_the_examples_is_one_that_the_worker_lacks_and_no_key_of_it_is_blamed(
    seen: Seen,
) -> None:
    """The worker has Camel's sink; Confluent's, which the file names, is not free."""
    code, told, text = asked(seen, ROOT / "examples" / "s3-sink.json")

    assert code == 10
    assert list(told) == ["connector.class"]
    assert "no plug-in io.confluent.connect.s3.S3SinkConnector" in told["connector.class"]
    assert "validates connector s3-sink" in text
    assert "/plugins" not in text


def test_the_table_of_debezium_is_what_its_connector_tells(seen: Seen, tmp_path) -> None:
    held = ROOT / "kdiag" / "keys"
    (tmp_path / "source.json").write_bytes((held / "source.json").read_bytes())
    made = tmp_path / "debezium-postgres.json"

    debezium_keys.main(seen.lab.connect.urls[0], made)

    assert made.read_text() == (held / "debezium-postgres.json").read_text()


def test_a_stopped_database_is_the_first_link_of_its_chains_until_it_is_back(seen: Seen) -> None:
    lab, fault = seen.lab, FAULTS["database-stopped"]
    topic = "shop.public.customers"
    lab.connect.put("shop-sink", topics=topic)
    wait_committed(lab, "connect-shop-sink", topic, 1)

    try:
        stopped = seen_of(lab, [fault], sample_seconds=4)
        states = lab.connect.states("shop")
    finally:
        heal(lab, fault)
    wait_until(lambda: lab.postgres.is_read("shop_slot"), "the source goes on by itself", 60, 0.5)

    assert judge(fault, stopped.report, 0).is_right
    assert states == ["RUNNING", "RUNNING"]
    database, source, topics, sink = chains_of(stopped)["shop"].split(" → ")
    address = lab.postgres.service.address
    assert database == f"postgresql://{address}/shop does not answer (stands)"
    assert source == "source shop RUNNING"
    assert topics.startswith("topics with 1 partition, 0 records in ")
    assert sink.startswith("sink shop-sink RUNNING, ")


def test_a_source_that_is_blocked_is_the_first_link_of_its_chain(seen: Seen) -> None:
    line = chains_of(seen)["prices"]

    assert "slot prices_slot holds" in line
    assert (
        "read by nobody → source prices RUNNING (stands) → no topic under its topic.prefix" in line
    )


def chains_of(seen: Seen) -> dict[str, str]:
    """Return what connector-idle tells of the chain of each connector that it names."""
    found = [item for item in seen.report.findings if item.check == "connector-idle"]
    each = [one for item in found for one in item.objects or [single(item)]]
    return {one["subject"]["connector"]: one["cause"].partition("Chain: ")[2][:-1] for one in each}


def single(item: Reported) -> dict[str, Any]:
    """Return a finding that was not merged as one of its objects is."""
    return {"subject": item.finding.subject.as_dict(), "cause": item.finding.cause}
