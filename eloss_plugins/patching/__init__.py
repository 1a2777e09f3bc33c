"""The patch engine: anchored insertions of our own lines into a checkout, and their removal."""
