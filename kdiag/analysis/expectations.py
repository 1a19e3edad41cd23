"""What is expected of this cluster, by kind; without a profile nothing is."""

from kdiag.analysis.request_times import RequestTimes
from kdiag.check import derive
from kdiag.finding import NotApplicable
from kdiag.sections import Expectations, Partitions
from kdiag.snapshot import Missing, Table

_NO_PROFILE = NotApplicable("no profile was given (--profile)")
_NO_OBJECTIVE = NotApplicable("no objective was given (--profile, or [[lag]] in --config)")
_OBJECTIVES = {"lag_seconds", "lag_records", "latency_seconds"}


class TopicExpectations(Table):
    """One row a topic and what is expected of it, as in Expectations; latencies are not here."""

    noun = "expectations of topics"
    needs_rows = False
    columns = Expectations.columns


class LagObjectives(Table):
    """One row a group and topic that may be behind so far: as in Expectations, wanted a number."""

    noun = "objectives of lag"
    needs_rows = False
    columns = {"group": "str", "topic": "str", "what": "str", "wanted": "float", "source": "str"}


class TopicLatencies(Table):
    """One row a topic with an objective: the mean of a produce request to the brokers that lead it.

    objective_seconds: that one. produce_seconds: of the slowest of these brokers, between the two
    samples; broker: that one. Where JMX does not tell, the errors name the topic.
    """

    noun = "objectives of latency"
    needs_rows = False
    columns = {
        "topic": "str",
        "objective_seconds": "float",
        "broker": "int",
        "produce_seconds": "float",
        "source": "str",
    }


@derive()
def topic_expectations(expectations: Expectations | None) -> TopicExpectations | NotApplicable:
    """Take those about topics."""
    if expectations is None:
        return _NO_PROFILE
    rows = expectations.rows[~expectations.rows["what"].isin(_OBJECTIVES)]
    if rows.empty:
        return _NO_PROFILE
    return TopicExpectations(rows=rows.reset_index(drop=True), read_at=expectations.read_at)


@derive()
def lag_objectives(expectations: Expectations | None) -> LagObjectives | NotApplicable:
    """Take those about groups. Errors of groups that were not read make the rest unknown."""
    if expectations is None:
        return _NO_OBJECTIVE
    rows = expectations.rows[expectations.rows["what"].isin(_OBJECTIVES)]
    if rows.empty and not expectations.errors:
        return _NO_OBJECTIVE
    rows = rows[rows["what"] != "latency_seconds"].reset_index(drop=True)
    held = rows.assign(wanted=rows["wanted"].astype("float64"))
    return LagObjectives(
        rows=held[list(LagObjectives.columns)],
        errors=expectations.errors,
        read_at=expectations.read_at,
    )


@derive()
def topic_latencies(
    expectations: Expectations | None, partitions: Partitions, times: RequestTimes | None
) -> TopicLatencies:
    """Set the objectives of latency against the brokers that lead each topic."""
    if expectations is None:
        return TopicLatencies.of()
    wanted = expectations.rows[expectations.rows["what"] == "latency_seconds"]
    produced = {} if times is None else _produce_seconds(times)
    rows, errors = [], {}
    for row in wanted.itertuples():
        led = partitions.rows["topic"] == row.topic
        leaders = partitions.rows.loc[led, "leader"].dropna().unique()
        known = {int(id_): produced[int(id_)] for id_ in leaders if int(id_) in produced}
        if times is None:
            errors[f"latency of topic {row.topic}"] = Missing("JMX was not read", "--jmx")
        if known:
            slowest = max(known, key=lambda id_: known[id_])
            rows.append(
                {
                    "topic": row.topic,
                    "objective_seconds": float(row.wanted),
                    "broker": slowest,
                    "produce_seconds": known[slowest],
                    "source": row.source,
                }
            )
    return TopicLatencies.from_rows(rows, errors=errors)


def _produce_seconds(times: RequestTimes) -> dict[int, float]:
    """Return broker → mean seconds of a produce request between the samples."""
    rows = times.rows[(times.rows["request"] == "Produce") & times.rows["total_seconds"].notna()]
    brokers = rows["target"].str.removeprefix("broker ")
    return {int(id_): seconds for id_, seconds in zip(brokers, rows["total_seconds"], strict=True)}
