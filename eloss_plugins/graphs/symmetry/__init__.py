"""Permutations of the atoms that leave a structure as it is."""
