"""Stiffness laws k(d), one a file."""
