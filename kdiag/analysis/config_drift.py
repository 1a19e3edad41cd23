"""Settings in which brokers differ, or in which a broker differs from its file."""

import re

from kdiag.check import derive
from kdiag.finding import NotApplicable
from kdiag.sections import BrokerConfigs
from kdiag.snapshot import Table

_OWN = re.compile(
    r"(^|\.)(broker\.id|node\.id|broker\.rack|process\.roles)$"
    r"|(^|\.)(keystore|truststore)\.|^(controller|advertised|early\.start)\."
    r"|(^|\.)listeners$|\.(dir|dirs|path|location|host|hostname|host\.name|port)$"
)
"""Keys that are a broker's own: ids, roles, addresses, paths, key stores."""


class ConfigDrift(Table):
    """One row a broker and key, for keys with a difference that nobody needs.

    differs: the value is not the same on all brokers. hides: a dynamic value of this broker stands
    before static_value, which its file or the built-in default says.
    """

    noun = "settings"
    needs_rows = False
    columns = {
        "key": "str",
        "broker": "int",
        "value": "str",
        "static_value": "str",
        "differs": "bool",
        "hides": "bool",
    }


@derive()
def config_drift(configs: BrokerConfigs) -> ConfigDrift | NotApplicable:
    """Compare all settings of all brokers, but those that are a broker's own or sensitive.

    Built-in defaults differ between releases during an upgrade, and a cluster-wide dynamic default
    that is the same everywhere is how it should be: neither is drift.
    """
    if configs.rows["broker"].nunique() < 2 and not configs.errors:
        return NotApplicable("there is one broker, and none to compare it with")
    rows = configs.rows[~configs.rows["is_sensitive"]]
    rows = rows[~rows["key"].isin([key for key in rows["key"].unique() if _OWN.search(key)])]
    values = rows["value"].fillna("").groupby(rows["key"]).nunique()
    chosen = rows.loc[rows["source"] != "default", "key"]
    differs = rows["key"].isin(values.index[values > 1]) & rows["key"].isin(chosen)
    hides = (
        (rows["source"] == "broker")
        & rows["static_value"].notna()
        & (rows["static_value"] != rows["value"])
    )
    hits = rows.assign(differs=differs, hides=hides)[differs | hides]
    hits = hits.sort_values(["key", "broker"])
    return ConfigDrift.of({name: hits[name].tolist() for name in ConfigDrift.columns})
