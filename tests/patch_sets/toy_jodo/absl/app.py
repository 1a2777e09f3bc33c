"""Start a script: flags first, then its `main`, whose answer is the exit code."""

import sys

from absl import flags


def run(main):
    flags.FLAGS.read(sys.argv[1:])
    sys.exit(main(sys.argv) or 0)
