import math

import pandas
import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as parse_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families as parse_text

from kdiag.exporter.exposition import page, text
from kdiag.exporter.family import Family

LAG = Family("kdiag_lag_records", 'What "lag" is:\nrecords\\.', ("group", "topic"))
REQUESTS = Family("kdiag_requests", "Requests.", ("api",), kind="counter")
INFO = Family("kdiag_cluster", "The cluster.", ("version",), kind="info")
STATE = Family("kdiag_state", "1 for the state.", ("group", "state"))
HOSTILE = 'a"b\\c\nd,e}'


def written():
    return [
        LAG.of(["g", HOSTILE], ["t", "ü"], values=[3, 0.25]),
        REQUESTS.rows([("Fetch", 7)]),
        INFO.rows([("4.4", 1)]),
        STATE.rows([("g", "Stable", 1), ("g", "Empty", 0)]),
        Family("kdiag_up", "Up.").one(1),
    ]


def samples(families):
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_both_formats_are_read_by_the_parsers_of_prometheus_and_say_the_same():
    pages = [page(written(), "prod")]

    plain = list(parse_text(text(pages)))
    opened = list(parse_openmetrics(text(pages, True) + "# EOF\n"))

    assert samples(plain) == samples(opened)
    assert len(samples(plain)) == 7
    assert {family.name: family.type for family in opened} == {
        "kdiag_lag_records": "gauge",
        "kdiag_requests": "counter",
        "kdiag_cluster": "info",
        "kdiag_state": "gauge",
        "kdiag_up": "gauge",
    }
    assert {family.type for family in plain} == {"gauge", "counter"}


def test_names_of_groups_and_topics_come_through_whatever_they_are():
    read = samples(parse_text(text([page(written(), "prod")])))

    key = (("group", HOSTILE), ("kafka_cluster", "prod"), ("topic", "ü"))
    assert read["kdiag_lag_records", key] == 0.25


def test_help_is_one_line():
    [family] = [each for each in parse_text(text([page(written())])) if "lag" in each.name]

    assert family.documentation == 'What "lag" is:\nrecords\\.'


@pytest.mark.parametrize("value", [None, float("nan"), pandas.NA])
def test_what_is_not_known_is_no_series(value):
    family = LAG.of(["a", "b"], ["t", "t"], values=[value, 0])

    assert len(samples(parse_text(text([page([family])])))) == 1
    assert page([LAG.of(["a"], ["t"], values=[value])]) == {}


def test_a_family_of_two_clusters_is_announced_once():
    pages = [page(written(), "one"), page(written(), "two")]

    assert text(pages).count("# TYPE kdiag_lag_records") == 1
    assert len(samples(parse_openmetrics(text(pages, True) + "# EOF\n"))) == 14


def test_numbers_keep_their_digits():
    values = [2**53, -1.5, 1e300, math.inf, 0.1]
    family = LAG.of([str(n) for n in range(5)], ["t"] * 5, values=values)

    assert list(samples(parse_text(text([page([family])]))).values()) == values


def test_columns_that_are_gone_do_not_lend_their_labels_to_others():
    """A column that is freed gives its place in memory to the next one."""

    def families():
        for number in range(50):
            for kind in ("a", "b"):
                gone = Family(f"kdiag_{kind}_{number}", "Help.", ("group",))
                yield gone.of([f"gone-{number}"], values=[None])
                del gone
            yield Family(f"kdiag_real_{number}", "Help.", ("group",)).of([f"g{number}"], values=[1])

    read = samples(parse_text(text([page(families())])))

    assert set(read) == {(f"kdiag_real_{n}", (("group", f"g{n}"),)) for n in range(50)}


def test_a_page_keeps_the_text_and_not_the_tables():
    for family, _ in page(written()).values():
        assert family.columns == ()
        assert family.values == ()
