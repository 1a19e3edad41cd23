import json

import pytest

from kdiag.sections import Groups
from kdiag.sources.saved import save
from tests.pages.snapshots import lagging, remembered, without
from tests.tables import history_reach


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "lagging.json.gz"
    save(lagging(*remembered(), history_reach(600)), path)
    return path


def test_the_page_has_members_topics_and_timeline(kdiag, file):
    result = kdiag("group", "slow", "--from", file)

    assert result.exit_code == 0
    assert result.stdout.startswith("group slow  classic (consumer)  Stable  1 member\n")
    assert "MEMBER" in result.stdout
    assert "Timeline  Complete since " in result.stdout
    assert result.stderr == ""


def test_json_has_all_of_it(kdiag, file):
    document = json.loads(kdiag("group", "slow", "--from", file, "-o", "json").stdout)

    assert document["schema_version"] == 1
    assert document["topics"][0]["lag_records"] == 1800
    assert [each["generation"] for each in document["timeline"]["rebalances"]] == [1, 2, 3]


def test_names_must_name_one_group(kdiag, file):
    for name, said in (("slo", "did you mean 'slow'?"), ("*", "fits 2 groups")):
        result = kdiag("group", name, "--from", file)
        assert result.exit_code == 2
        assert said in result.stderr
    assert kdiag("group", "--from", file).exit_code == 2


def test_without_the_list_of_groups_it_ends_with_4(kdiag, tmp_path):
    save(without(lagging(), Groups), tmp_path / "s.json")

    result = kdiag("group", "slow", "--from", tmp_path / "s.json")

    assert result.exit_code == 4
    assert "Not read: groups" in result.stdout
