"""What an audit reads beside what the checks do: sections, raw or derived."""

from kdiag.analysis.commit_timeline import CommitTimeline
from kdiag.analysis.config_drift import ConfigDrift
from kdiag.analysis.connector_runs import ConnectorRuns
from kdiag.analysis.disk_forecast import DiskForecast
from kdiag.analysis.durability import Durability
from kdiag.analysis.forecast import LagForecast
from kdiag.analysis.lag_history import LagHistory
from kdiag.analysis.losses import Losses
from kdiag.analysis.rebalances import Rebalances
from kdiag.analysis.slot_states import SlotStates
from kdiag.pipeline_sections import ConnectWorkers, PostgresServers
from kdiag.sections import Brokers, ClientQuotas, Groups, HistoryReach, Members
from kdiag.snapshot import Section

READS: tuple[type[Section], ...] = (
    Brokers,
    ClientQuotas,
    CommitTimeline,
    ConfigDrift,
    ConnectorRuns,
    ConnectWorkers,
    DiskForecast,
    Durability,
    Groups,
    HistoryReach,
    LagForecast,
    LagHistory,
    Losses,
    Members,
    PostgresServers,
    Rebalances,
    SlotStates,
)
"""Sections, raw or derived. What only JMX tells is shown where some check asks for it."""
