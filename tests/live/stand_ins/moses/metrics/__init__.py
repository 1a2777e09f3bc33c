"""The metrics that JODO imports."""
