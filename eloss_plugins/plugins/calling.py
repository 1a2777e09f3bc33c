"""Calls into a plugin's code, whose errors name the plugin."""

from collections.abc import Callable
from typing import Any

from eloss_plugins.errors import ElossError, PluginError
from eloss_plugins.plugins.loading import one_line


def call(function: Callable[..., Any], title: str, *args: Any, **kwargs: Any) -> Any:
    """`function(*args, **kwargs)`; what it raises names `title` and keeps its cause.

    Raises:
        PluginError: it raised. Errors of our own, which are clear already, and
            out-of-memory, which training loops handle, pass as they are.
    """
    try:
        return function(*args, **kwargs)
    except ElossError:
        raise
    except Exception as error:
        if type(error).__name__ == "OutOfMemoryError":  # torch's; torch may not be loaded here
            raise
        raise PluginError(f"{title} failed: {one_line(error)}") from error
