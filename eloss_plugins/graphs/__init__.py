"""Sparse graphs that determine a structure: built, certified, symmetrised; numpy, no torch."""
