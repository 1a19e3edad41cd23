"""REST services beside the brokers, read-only: Kafka Connect and its like.

`allowlist` is the table of everything that may be sent to them, `guard` refuses the rest where
requests become bytes. `client.Rest` asks one endpoint; `endpoints.each` asks several at once, and
what goes wrong with one costs its part. One module a service makes sections of the answers.
"""
