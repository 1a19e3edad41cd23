"""Error codes of replies: Kafka's names, and the grant whose lack they mean.

Source: org.apache.kafka.common.protocol.Errors; which operation a request needs: the broker's
KafkaApis, "Operations and Resources on Protocols" in Kafka's security documentation.
"""

from kio.schema.errors import ErrorCode

from kdiag.errors import Denied, RequestError, TimedOut, Unsupported

_RESOURCES = {29: "Topic", 30: "Group", 31: "Cluster", 53: "TransactionalId"}
_READ = {"Fetch", "DescribeProducers"}
_DESCRIBE_CONFIGS = {"DescribeConfigs", "DescribeClientQuotas", "ListConfigResources"}
_TIMED_OUT = {7}  # REQUEST_TIMED_OUT
_UNSUPPORTED = {35, 43, 54, 114, 115}  # version, message format, no authorizer, endpoint type


def error_name(code: int) -> str:
    """Kafka's name of an error code, as its tools and logs write it."""
    try:
        return ErrorCode(code).name.upper()
    except ValueError:
        return f"error code {code}"


def grant(api: str, code: int, resource: str = "") -> str | None:
    """Return the missing grant, as in "Describe on Topic orders"; None for other codes."""
    kind = _RESOURCES.get(code)
    if kind is None:
        return None
    operation = "Describe"
    if api in _READ and kind == "Topic":
        operation = "Read"
    if api in _DESCRIBE_CONFIGS:
        operation = "DescribeConfigs"
    return f"{operation} on {kind} {resource}".rstrip()


def request_error(api: str, code: int, target: str, message: str | None = None) -> RequestError:
    """Return the exception for an error code in a reply.

    target: the resource the code is about, a topic or group name; empty for the cluster.
    message: the broker's own words, if the reply has any.
    """
    said = f"{api}{f' of {target}' if target else ''}: {error_name(code)}"
    said += f" ({message})" if message else ""
    missing = grant(api, code, target)
    if missing is not None:
        return Denied(f"{said}; needs {missing}", missing)
    if code in _TIMED_OUT:
        return TimedOut(said)
    return Unsupported(said) if code in _UNSUPPORTED else RequestError(said)
