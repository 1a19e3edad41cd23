"""What a Prometheus that watches the cluster remembers: positions of groups, disks, JMX counters.

asking speaks its HTTP API, dialects knows how exporters name what they tell, and look_back, disks
and counters make sections of it. A series is only believed where it is shown to be of this cluster:
by the id of the cluster, or by values that can be of no other.
"""

from kdiag.sources.prometheus.asking import Asker, Monitor
from kdiag.sources.prometheus.counters import earlier_facts
from kdiag.sources.prometheus.disks import read_disk_history
from kdiag.sources.prometheus.look_back import LookBack

__all__ = ["Asker", "LookBack", "Monitor", "earlier_facts", "read_disk_history"]
