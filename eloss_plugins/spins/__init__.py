"""Spin glasses on square lattices: instances, exact ground states, a network and its training."""
