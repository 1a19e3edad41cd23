import pytest

from kdiag.errors import Denied, TimedOut, Unreachable
from kdiag.sources.jmx import endpoints
from kdiag.sources.jmx.rmi_jmxquery import _quoted, explained

[PLACE] = endpoints(["broker 1=rmi://kafka-1:9999"], {})


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("java.lang.SecurityException: Authentication failed! Invalid", Denied, "refuses us"),
        ("java.lang.SecurityException: Credentials required", Denied, "refuses us"),
        ("Connection refused to host: kafka-1; nested", Unreachable, "cannot be reached"),
        ("Connection refused to host: 172.17.0.2; nested", Unreachable, "on to 172.17.0.2"),
        ("java.rmi.UnknownHostException: Unknown host: pod-7", Unreachable, "pod-7"),
        ("java.net.SocketTimeoutException: Read timed out", TimedOut, "did not answer in time"),
        ("non-JRMP server at remote endpoint", Exception, "rmi+ssl"),
        ("NoInitialContextException: Need to specify class name in environment", Exception, "jmx]"),
        ("javax.net.ssl.SSLHandshakeException: PKIX path", Exception, "not trusted"),
        ("com.example.OddException: secret-word", Exception, "OddException"),
    ],
)
def test_words_of_java_become_one_sentence(text, kind, words):
    error = explained(text, PLACE)

    assert isinstance(error, kind)
    assert words in str(error)
    assert str(error).startswith(("JMX at kafka-1:9999", "this java"))
    assert "secret-word" not in str(error)


def test_arguments_are_quoted_as_java_reads_them():
    assert _quoted('a "b" \\c d') == '"a \\"b\\" \\\\c d"'
