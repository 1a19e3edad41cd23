"""Answers of workers of Kafka Connect."""


def status(connector="RUNNING", tasks=("RUNNING",), worker="w1:8083", traces=None, **more):
    """Status of a connector."""
    traces = traces or {}
    return {
        "connector": {"state": connector, "worker_id": worker, **more},
        "tasks": [
            {"id": number, "state": state, "worker_id": worker, **_trace(traces.get(number))}
            for number, state in enumerate(tasks)
        ],
        "type": "sink",
    }


def _trace(text):
    return {} if text is None else {"trace": text}


def connector(name, config=None, type_="sink", **more):
    """One connector of /connectors?expand=info&expand=status."""
    whole = {"name": name, "connector.class": "FileStreamSink", **(config or {})}
    return {
        "info": {"name": name, "config": whole, "tasks": [], "type": type_},
        "status": {"name": name, **status(**more)},
    }


def worker(connectors=(), plugins=(("a.Sink", "sink", "1.0"),), cluster_id="abc", **more):
    """All that a worker answers."""
    return {
        "/": (200, {"version": "4.4.0", "commit": "x", "kafka_cluster_id": cluster_id}),
        "/connectors": (200, {one["info"]["name"]: one for one in connectors}),
        "/connector-plugins": (
            200,
            [
                {"class": class_name, "type": type_, **({"version": v} if v else {})}
                for class_name, type_, v in plugins
            ],
        ),
        **more,
    }
