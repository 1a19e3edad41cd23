import pytest

from kdiag.errors import UsageError
from kdiag.profiles.profile import Profile, joined
from kdiag.profiles.read import objectives, profile_of, read_profile

SHIPPED = ("fraud-detection", "ecommerce-orders", "iot-telemetry")


@pytest.mark.parametrize("name", SHIPPED)
def test_each_shipped_profile_can_be_read_by_its_name(name):
    profile = read_profile(name)

    assert profile.topics
    assert profile.lag
    assert {rule.source for rule in profile.topics} == {name}


def test_values_are_in_the_units_of_the_section():
    text = '[[topics]]\nname = "x"\nhot_retention_days = 7\npartitions = 50\nlatency_seconds = 0.05'

    [rule] = profile_of(text, "p.toml").topics

    assert dict(rule.wanted) == {
        "partitions": 50,
        "hot_retention_seconds": 604800.0,
        "latency_seconds": 0.05,
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[topics]]\nname = "x"\npartition = 3', "line 3: [[topics]] has no partition; did you"),
        ('[[topics]]\nname = "x"\npartitions = 0', "line 3: [[topics]] partitions must be a whole"),
        ('[[topics]]\nname = "x"\npartitions = 1.5', "line 3: [[topics]] partitions must be a"),
        ('[[topics]]\nname = "x"\npartitions = true', "line 3: [[topics]] partitions must be a"),
        ("[[topics]]\npartitions = 3", "line 1: [[topics]] lacks name"),
        ('[[topics]]\nname = "("', "line 2: [[topics]] name is no regular expression"),
        ('[[topics]]\nname = "x"\ncompression = "lz5"', "compression must be one of any, gzip"),
        ('[[topics]]\nname = "x"\ndead_letter = ["dlq"]', "names with {topic} in them"),
        ('[[topics]]\nname = "x"\nrequired = 1', "line 3: [[topics]] required must be true or"),
        ('[[topics]]\nname = "x"\nrequired = false', "expects nothing"),
        ('[[lag]]\ngroups = "a"\nseconds = 1\n[[lag]]\ngroups = "b"', "line 4: [[lag]] needs sec"),
        ('[[lag]]\ngroups = "a"\nseconds = inf', "line 3: [[lag]] seconds must be a number above"),
        ('[topics]\nname = "x"', "line 1: topics must be tables, [[topics]]"),
        ('[[topic]]\nname = "x"', "line 1: unknown table topic; allowed are [[topics]] and [[lag]"),
        ("", "expects nothing"),
        ("[[lag]\n", "is not TOML"),
    ],
)
def test_what_is_wrong_gets_the_file_the_line_and_what_is_allowed(text, said):
    with pytest.raises(UsageError) as caught:
        profile_of(text, "p.toml")

    assert str(caught.value).startswith("p.toml: ")
    assert said in str(caught.value)


def test_a_name_that_is_neither_file_nor_shipped_names_the_nearest():
    with pytest.raises(UsageError, match=r"did you mean fraud-detection\?"):
        read_profile("fraud-detecton")
    with pytest.raises(UsageError, match=r"missing\.toml: cannot be read: No such file"):
        read_profile("missing.toml")


def test_objectives_of_the_config_file_come_before_those_of_a_profile(tmp_path):
    config = tmp_path / "kdiag.toml"
    config.write_text('[doctor]\nsample_seconds = 3\n\n[[lag]]\ngroups = "a"\nseconds = 9\n')
    profile = profile_of('[[lag]]\ngroups = "."\nseconds = 1', "p.toml")

    both = joined([Profile(lag=objectives(config)), profile])

    assert [rule.seconds for rule in both.lag] == [9.0, 1.0]


def test_a_wrong_objective_of_the_config_file_gets_its_line(tmp_path):
    config = tmp_path / "kdiag.toml"
    config.write_text('[doctor]\nsample_seconds = 3\n\n[[lag]]\ngroups = "a"\nsecond = 9\n')

    with pytest.raises(UsageError, match=r"kdiag\.toml: line 6: \[\[lag\]\] has no second; did"):
        objectives(config)


def test_the_exporter_serves_what_holds_for_all_topics_of_a_group():
    text = '[[lag]]\ngroups = "a"\nseconds = 9\n[[lag]]\ngroups = "b"\ntopics = "x"\nseconds = 1'

    [(pattern, seconds)] = profile_of(text, "p.toml").of_groups()

    assert (pattern.pattern, seconds) == ("a", 9.0)
