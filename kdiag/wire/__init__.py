"""The Kafka protocol, read-only.

Data walk: `properties` → `settings` say how to connect; `dial` and `opening` take one connection
through its hops (resolve, connect, TLS, ApiVersions, SASL); `connection` carries many requests at
once; `cluster.Wire` is what the sources use. `allowlist` is the table of everything that may be
sent, and the place where anything else is refused.

It knows no Kafka concept above a request: no topic, no group, no retry.
"""
