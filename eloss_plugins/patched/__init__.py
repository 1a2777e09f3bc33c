"""The calls that a patched trainer makes, one module for each upstream.

A patched trainer imports these when `--loss-plugin` names a loss, and never otherwise. Here alone
the library prints and ends the process: what is the user's to mend becomes one sentence.
"""
