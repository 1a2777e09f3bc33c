"""Patch sets, one file for each upstream repository; installed as `eloss_plugins.patches`."""
