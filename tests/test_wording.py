import pytest

from kdiag.wording import aged, count, listed, size, span


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.4, "0.4 s"),
        (59.6, "1 min"),
        (90, "1 min 30 s"),
        (3600, "1 h"),
        (9600, "2 h 40 min"),
        (90000, "1 d 1 h"),
    ],
)
def test_spans(seconds, text):
    assert span(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"), (10 * 2**20, "10 MiB")],
)
def test_sizes(number, text):
    assert size(number) == text


def test_counts():
    assert count(1, "replica") == "1 replica"
    assert count(12000, "partition") == "12,000 partitions"
    assert count(2, "topic inherits", "topics inherit") == "2 topics inherit"


def test_lists_end_with_how_many_more():
    assert listed(["a", "b"]) == "a, b"
    assert listed("abcdef") == "a, b, c and 3 more"


def test_ages_are_intervals():
    assert aged(30, None) == aged(30, float("nan")) == "over 30 s old"
    assert aged(120, 130) == "2 min to 2 min 10 s old"
    assert aged(7200, 7201) == "2 h old"
    assert aged(float("nan"), 130) == "at most 2 min 10 s old"
    assert aged(1.8e9, None).startswith("of unknown age (by its stamp")
    assert aged(float("nan"), None) == aged(float("nan"), float("nan")) == "of unknown age"
