import pytest

from kdiag.facts import FACTS
from kdiag.sources.jmx.told import Told, fits, labels_of, parsed


@pytest.mark.parametrize(
    ("name", "properties"),
    [
        ("d:type=A,name=B", {"type": "A", "name": "B"}),
        ('d:logDirectory="/data,1:x=y",name=B', {"logDirectory": "/data,1:x=y", "name": "B"}),
        (r'd:user="a\"b\\c\*",type=Produce', {"user": r'a"b\c*', "type": "Produce"}),
    ],
)
def test_names_are_parsed_with_their_quotes(name, properties):
    assert parsed(name) == ("d", properties)


REJECTED = "kafka.server:type=BrokerTopicMetrics,name=BytesRejectedPerSec"


@pytest.mark.parametrize(
    ("fact", "name", "does"),
    [
        ("bytes-rejected", REJECTED, True),
        ("bytes-rejected", f"{REJECTED},topic=orders", True),
        ("bytes-in", "kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec", True),
        ("bytes-in", "kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec,topic=a", False),
        (
            "request-local-mean",
            "kafka.network:type=RequestMetrics,name=LocalTimeMs,request=Produce",
            True,
        ),
        (
            "request-local-mean",
            "kafka.network:type=RequestMetrics,name=LocalTimeMs,request=Vote",
            False,
        ),
        ("bytes-rejected", "other:type=BrokerTopicMetrics,name=BytesRejectedPerSec", False),
    ],
)
def test_a_fact_is_read_from_the_beans_of_its_pattern(fact, name, does):
    assert fits(FACTS[fact], name) is does


def test_a_bean_without_a_label_is_the_total():
    assert labels_of(FACTS["bytes-rejected"], REJECTED) == (None,)
    assert labels_of(FACTS["bytes-rejected"], f"{REJECTED},topic=a") == ("a",)


def test_values_are_scaled_and_what_is_no_number_is_only_seen():
    told = Told()
    told.add(FACTS["uptime"], (), 1500)
    told.add(FACTS["heap-max"], (), None)
    told.add(FACTS["heap-used"], (), float("nan"))
    told.add(FACTS["heap-used"], (), float("-inf"))
    told.add(FACTS["heap-used"], (), 10**400)
    told.add(FACTS["processors"], (), True)

    assert told.values == {("uptime", ()): 1.5}
    assert told.seen == {"uptime", "heap-max", "heap-used", "processors"}


@pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS.keys())
def test_every_fact_fits_its_own_patterns_and_labels(fact):
    for pattern in fact.patterns:
        _, properties = parsed(pattern.removesuffix(",*"))
        if "*" not in pattern:
            assert fits(fact, pattern)
        assert fact.kind == "gauge" or fact.most is None
        assert set(properties) - set(fact.labels) or fact.labels
