"""The mathematics of energy losses; depends on torch alone."""
