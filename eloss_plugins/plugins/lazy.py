"""Objects named by `"module"` or `"module:attribute"`, imported when they are needed."""

import importlib
import re
from functools import reduce

_FORM = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*(:[^\W\d]\w*(\.[^\W\d]\w*)*)?")


def is_reference(text: str) -> bool:
    """Whether `text` has the form `module` or `module:attribute`."""
    return _FORM.fullmatch(text) is not None


def load(reference: str) -> object:
    """The object that `reference` names.

    Raises:
        ImportError: the module is missing, or cannot be imported.
        AttributeError: the module has no such attribute.
    """
    module, _, attribute = reference.partition(":")
    found: object = importlib.import_module(module)
    return reduce(getattr, attribute.split("."), found) if attribute else found
