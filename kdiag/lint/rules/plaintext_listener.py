"""Listeners without TLS, as a server.properties defines them.

What goes over PLAINTEXT and SASL_PLAINTEXT is read by whoever is on the way. A listener on loopback
is reached by this machine only; one of controllers alone is not for clients.

Reads: server.properties (listeners, listener.security.protocol.map).
"""

from kdiag.lint.api import Action, BrokerFiles, Finding, Said, check, listener_lines


@check(area="security")
def plaintext_listener(brokers: BrokerFiles) -> Said:
    """Listeners for clients or brokers without TLS."""
    for file in brokers:
        for line in listener_lines(file):
            if line.is_controller or line.is_loopback or line.protocol is None:
                continue
            if "SSL" in line.protocol:
                continue
            default = "" if line.setting else " (the default, as listeners is not set)"
            yield Finding(
                "warning",
                file.at(
                    f"listeners {line.name}", line.setting.place if line.setting else file.place
                ),
                f"Listener {line.name} is {line.protocol}{default}: no TLS.",
                "Records and, with SASL, logins can be read on the network.",
                evidence={"listener": line.name, "protocol": line.protocol, "host": line.host},
                actions=(
                    Action(
                        f"Add a listener with {'SASL_SSL' if 'SASL' in line.protocol else 'SSL'}, "
                        "move clients there, and take this one out."
                    ),
                ),
            )
