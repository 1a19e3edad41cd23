from kdiag.exporter.budget import within
from kdiag.exporter.exposition import page
from kdiag.exporter.family import Family


def family(name, level, count):
    made = Family(name, "Help.", ("n",), level=level)
    return made.of([str(n) for n in range(count)], values=[1] * count)


PAGES = [
    page(
        [
            family("partitions", "partition", 50),
            family("groups", "group", 5),
            family("topics", "topic", 10),
            family("cluster", "cluster", 1),
        ]
    ),
    page([family("few", "partition", 4)]),
]


def test_all_fit():
    kept, dropped = within(PAGES, 70)

    assert kept == PAGES
    assert dropped == 0


def test_what_is_too_much_is_left_out_whole_the_finest_first():
    kept, dropped = within(PAGES, 20)

    assert [set(each) for each in kept] == [{"cluster", "groups", "topics"}, {"few"}]
    assert dropped == 50
