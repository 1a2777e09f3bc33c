"""Benchmarks that measure all sides in one run, one package or file each."""

from collections.abc import Mapping
from types import MappingProxyType

BENCHMARKS: Mapping[str, str] = MappingProxyType({"edges": "eloss_plugins.bench.edges"})
"""Name to module; a module has `SUMMARY` and `run(data, molecules, seed)`, which gives tables."""
