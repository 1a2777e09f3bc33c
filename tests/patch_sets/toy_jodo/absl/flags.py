"""Flags that are declared one by one; any other is fatal."""

import ast
import sys
from types import SimpleNamespace


class Flags:
    def __init__(self):
        self.declared = {}

    def __getitem__(self, name):
        return self.declared[name]

    def __getattr__(self, name):
        return self.declared[name].value

    def read(self, words):
        words = [part for it in words for part in (it.split("=", 1) if it[:2] == "--" else [it])]
        for name, value in zip(words[::2], words[1::2], strict=True):
            self.give(name.removeprefix("--"), value)

    def give(self, name, value):
        flag, *path = name.split(".")
        if flag not in self.declared:
            sys.exit(f"FATAL Flags parsing error: Unknown command line flag '{name}'")
        if not path:
            self.declared[flag].value = value
            return
        config = self.declared[flag].value
        for part in path[:-1]:
            config = getattr(config, part)
        setattr(config, path[-1], ast.literal_eval(value))


FLAGS = Flags()


def DEFINE_string(name, default, help):
    FLAGS.declared[name] = SimpleNamespace(value=default, help=help)
