"""Expectation profiles: what a use of Kafka needs of its topics and groups, as a file says it."""
