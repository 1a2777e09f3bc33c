"""Graphs with few edges that leave one structure alone, and the proof that they do."""
