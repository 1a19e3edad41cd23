"""What watches a cluster through the exporter's metrics: alert rules, out of one list."""
