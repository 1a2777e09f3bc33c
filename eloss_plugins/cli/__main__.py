"""`python -m eloss_plugins.cli` is `eloss`."""

import sys

from eloss_plugins.cli.main import main

sys.exit(main())
