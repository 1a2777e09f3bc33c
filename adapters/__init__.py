"""Adapters, one file for each trainer; installed as `eloss_plugins.adapters`."""
