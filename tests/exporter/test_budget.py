from kdiag.exporter.budget import within
from kdiag.exporter.family import Family


def family(name, level, count):
    made = Family(name, "Help.", ("n",), level=level)
    return made.of([str(n) for n in range(count)], values=[1] * count)


FAMILIES = [
    family("partitions", "partition", 50),
    family("groups", "group", 5),
    family("topics", "topic", 10),
    family("cluster", "cluster", 1),
    family("few", "partition", 4),
]


def test_all_fit():
    kept, dropped = within(FAMILIES, 70)

    assert len(kept) == 5
    assert dropped == 0


def test_what_is_too_much_is_left_out_whole_the_finest_first():
    kept, dropped = within(FAMILIES, 20)

    assert [each.name for each in kept] == ["cluster", "groups", "topics", "few"]
    assert dropped == 50
