import struct
import uuid
from datetime import UTC, datetime

import pandas

from kdiag.sections import GenerationHistory, PastMember
from kdiag.snapshot import Snapshot
from kdiag.sources.history.decoding import sections_of
from kdiag.sources.saved import load, save
from tests.sources import log
from tests.sources.test_history_decoding import tail_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_history_survives_a_file(tmp_path):
    topic_id = uuid.uuid4()
    members = [log.member("m1", instance="i"), log.member("m2")]
    current = struct.pack(">hiib", 0, 5, 4, 1) + log.owned((topic_id, (0, 3))) + log.owned()
    tail = tail_of(
        log.batch(
            0,
            [
                log.commit(topic_id=topic_id),
                (log.commit_key(), None),
                (log.key(2, "g"), log.group_value(3, members, leader="m1")),
                (log.key(8, "g", "m"), current + b"\0"),
                (log.key(99, "g"), b"\0\0"),
            ],
        )
    )
    sections = sections_of([tail], {}, NOW)
    path = tmp_path / "snapshot.json.gz"
    save(Snapshot(taken_at=NOW, sections=sections), path)
    loaded = load(path)
    for kind, held in sections.items():
        pandas.testing.assert_frame_equal(loaded.get(kind).rows, held.rows)
    [members] = loaded.get(GenerationHistory).rows["members"]
    assert type(members[0]) is tuple
    assert PastMember(*members[0]).instance_id == "i"
