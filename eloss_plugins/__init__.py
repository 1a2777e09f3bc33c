"""Energy losses for 3D molecular generative models, as plugins for existing training code.

Importing this package loads neither torch nor rdkit: the mathematics is in
`eloss_plugins.core`, and a plugin needs nothing but `hookimpl` from here.
"""

from eloss_plugins.hookspecs import hookimpl

__version__ = "0.1.0"

__all__ = ["__version__", "hookimpl"]
