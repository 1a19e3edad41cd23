"""Fields that a version lacks: harmless, droppable, or an error; never dropped in silence."""

import pytest

from kdiag.errors import Unsupported
from kdiag.wire.allowlist import APIS
from kdiag.wire.request import encode, make_request


def size(name, version, fields, droppable=()):
    return len(encode(make_request(APIS[name], version, fields, droppable), 0, "k"))


def test_a_field_that_the_version_lacks_is_an_error():
    with pytest.raises(Unsupported, match="ListGroups v3, which has no states_filter"):
        size("ListGroups", 3, {"states_filter": ["Stable"]})


def test_it_is_dropped_if_its_value_is_the_default_elsewhere():
    plain = size("ListGroups", 3, {})
    assert size("ListGroups", 3, {"states_filter": ()}) == plain
    assert size("OffsetFetch", 2, {"group_id": "g", "require_stable": False}) > 0


def test_it_is_dropped_if_the_caller_says_so():
    fields = {"states_filter": ["Stable"]}
    assert size("ListGroups", 3, fields, {"states_filter"}) == size("ListGroups", 3, {})


def test_a_field_of_no_version_is_a_mistake_of_the_caller():
    with pytest.raises(TypeError, match="no version of ListGroupsRequest has a field state"):
        size("ListGroups", 5, {"state": []})


def test_the_same_holds_inside_structures():
    topics = [{"name": "t", "partitions": [{"partition_index": 0, "current_leader_epoch": 7}]}]
    with pytest.raises(Unsupported, match="ListOffsets v3, which has no current_leader_epoch"):
        size("ListOffsets", 3, {"topics": topics})
    assert size("ListOffsets", 3, {"topics": topics}, {"current_leader_epoch"}) > 0
    topics[0]["partitions"][0]["current_leader_epoch"] = -1
    assert size("ListOffsets", 3, {"topics": topics}) > 0


def test_a_field_that_only_old_versions_have_is_not_dropped_either():
    with pytest.raises(Unsupported, match="Metadata v12, which has no include_cluster"):
        size("Metadata", 12, {"include_cluster_authorized_operations": True})
