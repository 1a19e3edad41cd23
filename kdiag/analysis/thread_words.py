"""What to type so that a broker gets more threads of a kind."""

from kdiag.finding import Action
from kdiag.sections import BrokerConfigs


def more(text: str, target: str, key: str, configs: BrokerConfigs | None) -> Action:
    """Return the advice to double a number of threads; without the command where it is not known.

    A broker that runs takes from half to twice the number that it has (DynamicThreadPool of Kafka),
    so that a fixed number may be refused, or take threads away.
    """
    id_ = target.partition(" ")[2]
    rows = (BrokerConfigs.of() if configs is None else configs).rows
    mine = rows[(rows["broker"].astype(str) == id_) & (rows["key"] == key)]["value"].dropna()
    if mine.empty:
        return Action(f"{text} It takes up to twice the present {key}.", effect="disruptive")
    return Action(
        text,
        "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
        "brokers --entity-name {broker} --add-config {setting}",
        "disruptive",
        {"broker": id_, "setting": f"{key}={2 * int(mine.iloc[0])}"},
    )
