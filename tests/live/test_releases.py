"""An old and the newest release, as `make zoo` tries all of them; and a migration to KRaft.

The old one keeps its metadata in ZooKeeper. `kdiag lab score` runs the whole matrix.
"""

import json
import subprocess
import sys

import pytest

from kdiag.cli.releases import try_releases
from kdiag.lab import Lab
from kdiag.lab.releases import RELEASES

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]


@pytest.mark.parametrize("name", ["kafka-3.9.2-zookeeper", "kafka-4.4.0-kraft"])
def test_each_check_ends_with_what_is_so_or_a_true_reason(name):
    [tried] = try_releases([RELEASES[name]], lambda _: None)

    assert tried.error is None
    assert tried.wrong == ()


@pytest.fixture(scope="module")
def migrating():
    with Lab(1, kafka="3.9.2", metadata="migrating") as lab:
        yield lab


def test_a_migration_to_kraft_is_told_while_all_brokers_are_in_zookeeper_mode(migrating):
    words = ("doctor", "--bootstrap-server", migrating.bootstrap, "--sample-seconds", "0")
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "kdiag", *words, "-o", "json"],
        capture_output=True,
        text=True,
        timeout=120,
    )

    report = json.loads(done.stdout)
    [finding] = [one for one in report["findings"] if one["check"] == "zookeeper-in-use"]
    results = {one["check"]: one for one in report["results"]}
    assert report["cluster"]["mode"] == "migrating"
    assert report["cluster"]["id"] == migrating.cluster_id
    assert finding["evidence"]["zookeeper_mode_brokers"] == [1]
    assert results["quorum-size"]["status"] == "unknown"
    assert "no broker is on KRaft yet" in results["quorum-size"]["reason"]
    command = finding["actions"][0]["command"].split()
    assert command[0] == "kafka-metadata-quorum.sh"
    told = migrating.tool("org.apache.kafka.tools.MetadataQuorumCommand", *command[1:])
    assert "Leader" in told
