import pytest

from kdiag.errors import UsageError
from kdiag.wire.jaas import parse_jaas

PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ('username="a" password="b"', {"username": "a", "password": "b"}),
        ("username='a' password='b'", {"username": "a", "password": "b"}),
        ("username=a password=b", {"username": "a", "password": "b"}),
        ('username="a"\n  password = "b; c=d"', {"username": "a", "password": "b; c=d"}),
        (
            r'username="a" password="q\"q\\q"',
            {"username": "a", "password": 'q"q\\q'},
        ),
        ('username="a" password=""', {"username": "a", "password": ""}),
        ('username="a" password="it\'s"', {"username": "a", "password": "it's"}),
        ("", {}),
    ],
)
def test_login_modules(options, found):
    module = parse_jaas(f"{PLAIN} required {options};", "f: k")
    assert module == ("PlainLoginModule", found)
    module = parse_jaas(f"  {PLAIN} REQUIRED {options} ; Other required;", "f: k")
    assert module.options == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        PLAIN,
        f"{PLAIN} required",
        f'{PLAIN} required username="s3cret" password="s3cret"',
        f'{PLAIN} required username="s3cret password=s3cret;',
        f"{PLAIN} required s3cret;",
        'username="s3cret";',
    ],
)
def test_what_cannot_be_read_is_one_sentence_without_the_value(text):
    with pytest.raises(UsageError, match=r"^f: k: ") as caught:
        parse_jaas(text, "f: k")
    assert "s3cret" not in str(caught.value)


def test_options_are_not_printed():
    assert "s3cret" not in repr(parse_jaas(f'{PLAIN} required password="s3cret";', "f"))
