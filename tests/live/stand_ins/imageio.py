"""Stands for imageio, which the live runs import and never call."""
