"""Raw sections of Kafka Connect (REST API of its workers).

Workers of one Connect cluster answer alike. `connect_cluster` says which belong together: the URL
of the first of them, in the order of their names; workers belong together where both know a
connector, and a connector or a task of both runs on one and the same worker.
"""

from kdiag.snapshot import Section, Table


class ConnectWorkers(Table):
    """One row a worker that answers (GET /).

    version: of Kafka Connect. connectors_count: how many connectors it knows.
    """

    noun = "workers of Connect"
    columns = {
        "url": "str",
        "connect_cluster": "str",
        "version": "str",
        "connectors_count": "int",
    }


class Connectors(Table):
    """One row a connector of a Connect cluster (GET /connectors?expand=info&expand=status).

    type: source, sink, unknown. state: RUNNING, PAUSED, STOPPED, FAILED, UNASSIGNED, RESTARTING;
    None where no worker has told. worker: where it runs, as HOST:PORT. version: of its plug-in,
    told by Kafka 4.1 and newer. trace: first line of what it failed with. task_count: tasks with a
    status. differs_on: URLs of workers that have other settings of it.
    """

    noun = "connectors"
    columns = {
        "connect_cluster": "str",
        "connector": "str",
        "type": "str",
        "state": "str",
        "worker": "str",
        "version": "str",
        "trace": "str",
        "task_count": "int",
        "differs_on": "object",
    }


class ConnectorTasks(Table):
    """One row a task of a connector, as Connectors.

    trace: first line of what it failed with, and `root` the last "Caused by" of it.
    """

    noun = "tasks of connectors"
    needs_rows = False
    columns = {
        "connect_cluster": "str",
        "connector": "str",
        "task": "int",
        "state": "str",
        "worker": "str",
        "version": "str",
        "trace": "str",
        "root": "str",
    }


class ConnectorConfigs(Table):
    """One row a connector and key of its settings.

    value: only of keys that a check reads and that hold no secret (`kept` in the source); None for
    all others, so that no password is ever held. is_sensitive: its name says that it is a secret,
    or its value has one inside. is_literal: such a secret is written out, not fetched by a provider
    of configurations. reference: `${provider:path:key}` of a sensitive one.
    """

    noun = "settings of connectors"
    needs_rows = False
    columns = {
        "connect_cluster": "str",
        "connector": "str",
        "key": "str",
        "value": "str",
        "is_sensitive": "bool",
        "is_literal": "bool",
        "reference": "str",
    }


class ConnectPlugins(Table):
    """One row a worker and plug-in that it has (GET /connector-plugins?connectorsOnly=false).

    type: source, sink, converter, header_converter, transformation, predicate. version: None where
    the worker could not find it out.
    """

    noun = "plug-ins"
    columns = {"url": "str", "class_name": "str", "type": "str", "version": "str"}


CONNECT_SECTIONS: tuple[type[Section], ...] = (
    ConnectWorkers,
    Connectors,
    ConnectorTasks,
    ConnectorConfigs,
    ConnectPlugins,
)
