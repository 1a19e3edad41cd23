"""Creating a topic while the client learns of brokers; the rest of the lab's client runs live."""

from concurrent.futures import Future
from types import SimpleNamespace

import pytest
from confluent_kafka import KafkaError, KafkaException

from kdiag.errors import LabError
from kdiag.lab.clients import create_topic

LED = SimpleNamespace(error=None, partitions={0: SimpleNamespace(leader=1, isrs=[1], replicas=[1])})


class Admin:
    """Answers one request after the other to create a topic, None for done."""

    def __init__(self, *codes):
        self.codes = list(codes)

    def create_topics(self, topics):
        code, answer = self.codes.pop(0), Future()
        if code is None:
            answer.set_result(None)
        else:
            answer.set_exception(KafkaException(KafkaError(code)))
        return {topics[0].topic: answer}

    def list_topics(self, timeout):
        return SimpleNamespace(topics={"orders": LED})


@pytest.mark.parametrize("then", [None, KafkaError.TOPIC_ALREADY_EXISTS])
def test_a_topic_is_asked_for_again_where_the_client_lost_the_answer(then):
    admin = Admin(KafkaError._DESTROY_BROKER, then)

    create_topic(admin, "orders", 1, 1, {}, None)

    assert admin.codes == []


@pytest.mark.parametrize("code", [KafkaError.TOPIC_ALREADY_EXISTS, KafkaError.INVALID_CONFIG])
def test_a_topic_that_is_refused_is_an_error(code):
    with pytest.raises(LabError, match="refused orders"):
        create_topic(Admin(code), "orders", 1, 1, {}, None)
