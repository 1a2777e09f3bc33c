"""Stands for fcd_torch: no distance is a number. JODO asks for 32 processes and here gets one."""

import multiprocessing
from functools import partial


def _one(pool, processes=None, *rest, **named):
    del processes
    return pool(1, *rest, **named)


multiprocessing.Pool = partial(_one, multiprocessing.Pool)  # JODO imports it after this module


class FCD:
    def __init__(self, **settings):
        del settings

    def precalc(self, smiles):
        del smiles

    def __call__(self, gen, pref):
        del gen, pref
        return float("nan")
