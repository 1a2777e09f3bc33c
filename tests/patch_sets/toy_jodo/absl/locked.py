"""A configuration that takes new names only while it is unlocked."""

from contextlib import contextmanager


class Config:
    def __init__(self, values):
        parts = {k: Config(v) if isinstance(v, dict) else v for k, v in values.items()}
        self.__dict__.update(parts, _locked=True)

    def __setattr__(self, name, value):
        if self._locked and name not in self.__dict__:
            raise AttributeError(f"the configuration is locked and has no {name}")
        self.__dict__[name] = value

    @contextmanager
    def unlocked(self):
        self.__dict__["_locked"] = False
        try:
            yield
        finally:
            self.__dict__["_locked"] = True

    def __str__(self):
        values = {name: value for name, value in self.__dict__.items() if name != "_locked"}
        return "\n".join(f"{name}: {value}" for name, value in values.items())
