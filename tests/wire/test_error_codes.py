import pytest

from kdiag.errors import Denied, RequestError, TimedOut, Unsupported
from kdiag.wire.error_codes import error_name, grant, request_error


@pytest.mark.parametrize(
    ("api", "code", "resource", "missing"),
    [
        ("Metadata", 29, "orders", "Describe on Topic orders"),
        ("OffsetFetch", 30, "billing", "Describe on Group billing"),
        ("DescribeLogDirs", 31, "", "Describe on Cluster"),
        ("DescribeConfigs", 31, "", "DescribeConfigs on Cluster"),
        ("DescribeConfigs", 29, "orders", "DescribeConfigs on Topic orders"),
        ("DescribeClientQuotas", 31, "", "DescribeConfigs on Cluster"),
        ("DescribeProducers", 29, "orders", "Read on Topic orders"),
        ("Fetch", 29, "orders", "Read on Topic orders"),
        ("DescribeTransactions", 53, "tx", "Describe on TransactionalId tx"),
        ("Metadata", 3, "orders", None),
    ],
)
def test_grants(api, code, resource, missing):
    assert grant(api, code, resource) == missing


def test_names_are_those_of_kafka():
    assert error_name(29) == "TOPIC_AUTHORIZATION_FAILED"
    assert error_name(-1) == "UNKNOWN_SERVER_ERROR"
    assert error_name(999) == "error code 999"


@pytest.mark.parametrize(
    ("code", "kind"), [(29, Denied), (7, TimedOut), (35, Unsupported), (3, RequestError)]
)
def test_kinds_of_error(code, kind):
    assert type(request_error("Metadata", code, "orders")) is kind


def test_a_denied_request_names_the_grant():
    error = request_error("Metadata", 29, "orders", "no way")
    assert str(error) == (
        "Metadata of orders: TOPIC_AUTHORIZATION_FAILED (no way); needs Describe on Topic orders"
    )
    assert error.grant == "Describe on Topic orders"
