"""Errors that are the user's to mend; each carries the exit code that the command line returns."""


class ElossError(Exception):
    """A problem stated in one sentence: what was expected, what was found, what to do."""

    exit_code = 1
    is_shared = False
    """Whether every process of a run raises the same."""


class UsageError(ElossError, ValueError):
    """A wrong flag, option, name or value."""

    exit_code = 2


class Refused(ElossError):
    """The request was understood and refused; nothing was changed."""

    exit_code = 3


class PluginError(Refused):
    """A plugin's own code failed or broke its contract; names plugin, version and cause."""


class NeedsRecovery(ElossError):
    """An interrupted transaction has to be undone before anything else is done."""

    exit_code = 4


class EnvironmentProblem(ElossError, OSError):
    """Permission, disk, network or a missing optional package."""

    exit_code = 5
