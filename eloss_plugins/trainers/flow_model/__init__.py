"""Flow matching on positions and atom types."""
