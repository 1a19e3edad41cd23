"""What `kdiag probe` and `kdiag exporter --probe` refuse, before they connect anywhere."""

import pytest

NOBODY = ("--bootstrap-server", "127.0.0.1:1")


def test_without_consent_it_says_what_it_would_write(kdiag):
    result = kdiag("probe", *NOBODY, "--seconds", "5", "--rate", "4")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == (
        "kdiag: this would write 20 records to each partition of topic kdiag-probe (one a broker) "
        "within 5 s, and commit offsets as group kdiag-probe; --allow-writes allows it (all else "
        "in kdiag only reads)\n"
    )


def test_the_exporter_says_so_too(kdiag):
    result = kdiag("exporter", *NOBODY, "--probe", "--probe-topic", "ops.kdiag-probe")

    assert result.exit_code == 2
    assert result.stderr == (
        "kdiag: --probe would write to each partition of topic ops.kdiag-probe (one a broker), "
        "records at 1 a second, and commit offsets as group kdiag-probe; --allow-writes allows it "
        "(all else in kdiag only reads)\n"
    )


@pytest.mark.parametrize(
    ("command", "flag"),
    [
        (("probe", "--allow-writes"), "--topic"),
        (("probe", "--allow-writes"), "--group"),
        (("exporter", "--probe", "--allow-writes"), "--probe-topic"),
        (("exporter", "--probe", "--allow-writes"), "--probe-group"),
    ],
)
def test_a_topic_or_group_of_others_is_refused(kdiag, command, flag):
    result = kdiag(*command, *NOBODY, flag, "orders")

    assert result.exit_code == 2
    assert result.stderr == (
        f"kdiag: {flag} orders: must contain kdiag-probe, so that nothing is written to what "
        "others use\n"
    )


@pytest.mark.parametrize(
    ("flag", "value"), [("--seconds", "0"), ("--rate", "1000"), ("--deadline", "0.5")]
)
def test_a_number_out_of_range_is_one_sentence(kdiag, flag, value):
    result = kdiag("probe", *NOBODY, "--allow-writes", flag, value)

    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert flag in result.stderr


def test_a_cluster_that_is_away_is_exit_3(kdiag):
    result = kdiag("probe", *NOBODY, "--allow-writes")

    assert result.exit_code == 3
    assert "127.0.0.1:1" in result.stderr


def test_an_address_is_needed(kdiag):
    result = kdiag("probe", "--allow-writes")

    assert result.exit_code == 2
    assert result.stderr == "kdiag: --bootstrap-server HOST:PORT is missing\n"


@pytest.mark.parametrize("command", ["probe", "exporter"])
def test_the_help_says_that_it_writes_only_where_it_is_allowed(kdiag, command):
    text = " ".join(kdiag(command, "--help").stdout.split())

    assert "--allow-writes" in text
