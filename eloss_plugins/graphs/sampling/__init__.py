"""Pairs drawn at random with known probabilities, for unbiased sums over all pairs."""
