"""Exact ground states: one file a method, and the choice among them."""

from eloss_plugins.spins.ground_states.methods import METHODS, Solved, default_method, solve

__all__ = ["METHODS", "Solved", "default_method", "solve"]
