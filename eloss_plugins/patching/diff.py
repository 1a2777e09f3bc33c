"""A plan as a unified diff that `git apply` takes in both directions."""

from eloss_plugins.patching.plan import Plan


def unified(plan: Plan) -> bytes:
    """The unified diff of all changes, with git's headers; empty when nothing changes."""
    raise NotImplementedError
