from dataclasses import fields

import pytest

from kdiag.cli.clusters import clusters, shard
from kdiag.cli.flags import Connection
from kdiag.errors import UsageError

NOTHING = Connection(**{field.name: None for field in fields(Connection)})


@pytest.fixture
def write(tmp_path):
    def written(text):
        file = tmp_path / "kdiag.toml"
        file.write_text(text)
        return file

    return written


def test_each_cluster_has_an_address_of_its_own(write, tmp_path):
    file = write(
        '[clusters.prod]\nbootstrap_server = "a:9092"\n'
        '[clusters.test]\ncommand_config = "test.properties"\n'
    )

    found = clusters(NOTHING, file)

    assert list(found) == ["prod", "test"]
    assert found["prod"].bootstrap_server == "a:9092"
    assert found["test"].command_config == tmp_path / "test.properties"


def test_without_a_file_or_tables_there_are_none(write):
    assert clusters(NOTHING, None) == {}
    assert clusters(NOTHING, write("[exporter]\n")) == {}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("clusters = 1", "clusters must be tables, [clusters.NAME]"),
        ("[clusters]\nprod = 1", "[clusters.prod] must be a table"),
        ("[clusters.prod]", "[clusters.prod] has no bootstrap_server"),
        (
            '[clusters.prod]\nbootstrap_servers = "a:1"',
            "[clusters.prod] has no bootstrap_servers; did you mean bootstrap_server?",
        ),
        ("[clusters.prod]\nbootstrap_server = 1", "[clusters.prod]: bootstrap_server must be text"),
    ],
)
def test_what_is_wrong_is_one_sentence(write, text, sentence):
    file = write(text)

    with pytest.raises(UsageError) as error:
        clusters(NOTHING, file)

    assert str(error.value) == f"{file}: {sentence}"


def test_an_address_and_clusters_exclude_each_other(write):
    from dataclasses import replace

    file = write('[clusters.prod]\nbootstrap_server = "a:9092"\n')

    with pytest.raises(UsageError, match="exclude each other"):
        clusters(replace(NOTHING, bootstrap_server="b:9092"), file)


NAMES = [f"cluster-{number}" for number in range(200)]


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_shards_cover_all_clusters_and_share_none(count):
    parts = [shard(NAMES, f"{number}/{count}") for number in range(count)]

    assert sorted(name for part in parts for name in part) == sorted(NAMES)
    assert min(map(len, parts)) > 100 / count / 2


def test_a_cluster_stays_where_it_is_when_others_come():
    assert set(shard(NAMES[:100], "1/3")) == set(shard(NAMES, "1/3")) & set(NAMES[:100])
    assert shard(["prod", "test", "dev"], "0/2") == ["prod"]


@pytest.mark.parametrize("text", ["3/3", "a", "1", "-1/2", "0/0"])
def test_what_is_no_shard_is_one_sentence(text):
    with pytest.raises(UsageError, match="expected I/N with I from 0 to N-1, like 0/3"):
        shard(NAMES, text)
