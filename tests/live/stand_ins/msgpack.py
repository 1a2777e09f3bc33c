"""Stands for msgpack, which the live runs import and never call."""
