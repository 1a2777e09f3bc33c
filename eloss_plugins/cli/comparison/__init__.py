"""Losses against each other: plan, runs, sweep, summary, report."""
