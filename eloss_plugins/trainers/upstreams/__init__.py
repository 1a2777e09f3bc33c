"""Checkpoints of upstream codebases, in and out."""
