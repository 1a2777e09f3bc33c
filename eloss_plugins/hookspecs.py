"""Hooks through which packages add to eloss-plugins."""

import pluggy

hookspec = pluggy.HookspecMarker("eloss")
hookimpl = pluggy.HookimplMarker("eloss")
