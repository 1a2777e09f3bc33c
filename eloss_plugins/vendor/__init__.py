"""Bringing an upstream's pinned commit here and patching it."""
