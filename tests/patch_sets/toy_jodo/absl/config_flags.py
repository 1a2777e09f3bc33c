"""A configuration as a flag, its entries as flags of their own."""

from types import SimpleNamespace

from absl.flags import FLAGS
from absl.locked import Config


def DEFINE_config_file(name, default):
    FLAGS.declared[name] = SimpleNamespace(value=Config(default))
