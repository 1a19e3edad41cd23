import pytest

from kdiag.errors import UsageError
from kdiag.waivers.file import parsed
from kdiag.waivers.writing import Draft, with_entry

CHECKS = ["under-min-isr"]
DRAFT = Draft(("aa",), "why", "who", "2026-12-31", "under-min-isr", "c", about=("It is\nill.",))
HEAD = "# top\nversion: 1 # one\n"
ENTRY = "{check: under-min-isr, match: {topic: a}, reason: r, owner: o, expires: 2026-01-01}"
FILES = [
    "",
    "\n\n# only a comment\n",
    f"{HEAD}waivers:\n",
    f"{HEAD}waivers:",
    f"{HEAD}waivers: # none yet\n# end\n",
    f"{HEAD}waivers: []\n",
    f"{HEAD}waivers: [] # none yet\n# end\n",
    f"waivers: []\n{HEAD}",
    f"{HEAD}waivers:\n  - {ENTRY}\n",
    f"{HEAD}waivers:\n  - {ENTRY}",
    f"{HEAD}waivers:\n- {ENTRY}\n",
    f"{HEAD}waivers:\n    - {ENTRY} # inline\n\n# end\n",
    f"waivers:\n  - {ENTRY}\n\n{HEAD}",
    f"{HEAD}waivers:\n  # before\n  - {ENTRY}\n  # between\n  - {ENTRY}\n  # after\n",
    f"""\
{HEAD}waivers:
  - check: under-min-isr
    match:
      topic: a
    reason: |
      two
      lines
    owner: o # the owner
    expires: 2026-01-01
    fingerprint:
      - x
      - y   # last

# end
""",
    f"""\
{HEAD}waivers:
  - check: under-min-isr
    match: {{topic: a}}
    owner: o
    expires: 2026-01-01
    reason: |
      two

      lines
# end
""",
]


@pytest.mark.parametrize("text", FILES, ids=range(len(FILES)))
def test_an_entry_is_added_and_everything_else_stays_as_it_is(text):
    before = parsed(text, "w", CHECKS).entries if "waivers" in text else ()

    written = with_entry(text, DRAFT, "w")

    entries = parsed(written, "w", CHECKS).entries
    assert len(entries) == len(before) + 1
    assert [one.reason for one in entries[:-1]] == [one.reason for one in before]
    last = entries[-1]
    assert (last.check, last.reason, last.owner) == ("under-min-isr", "why", "who")
    assert last.fingerprints == {"aa"}
    assert last.match == {"cluster": "c"}
    kept = [
        line.rstrip()
        for line in text.replace("[] ", "").replace("[]", "").splitlines()
        if line.strip()
    ]
    found = iter([line.rstrip() for line in written.splitlines()])
    assert all(line in found for line in kept)
    assert "# It is ill.\n" in written
    assert written.endswith("\n")


def test_two_entries_after_each_other():
    written = with_entry(
        with_entry("", DRAFT, "w"), Draft(("bb",), "x", "y", "never", review="2026-12-31"), "w"
    )

    assert (
        written
        == """\
version: 1
waivers:
  # It is ill.
  - check: under-min-isr
    match: {cluster: "c"}
    fingerprint: "aa"
    reason: "why"
    owner: "who"
    expires: 2026-12-31
  - fingerprint: "bb"
    reason: "x"
    owner: "y"
    expires: never
    review: 2026-12-31
"""
    )


TEXTS = [
    "a: b # c",
    "- x",
    "'\"\\",
    "two\nlines",
    "\x07\x85\u2028\ufeff",
    "\U0001f680",
    "true",
    "{x}",
    " a ",
]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_is_read_back_as_it_was(text):
    draft = Draft(("aa", text), text, text, "2026-12-31", cluster=text, about=(text,))

    [entry] = parsed(with_entry("", draft, "w"), "w", CHECKS).entries

    assert entry.reason == entry.owner == entry.match["cluster"] == text.strip()
    assert entry.fingerprints == {"aa", text.strip()}


WRONG = [
    ("version: 1\n", "w: it has no list of waivers"),
    ("- 1\n", "w: it has no list of waivers"),
    (f"version: 1\nwaivers: [{ENTRY}]\n", "w:2: the list is in brackets"),
    ("version: [\n", "w:2: is not YAML"),
]


@pytest.mark.parametrize(("text", "said"), WRONG, ids=range(len(WRONG)))
def test_where_nothing_can_be_added_it_is_said(text, said):
    with pytest.raises(UsageError) as raised:
        with_entry(text, DRAFT, "w")

    assert str(raised.value).startswith(said)
