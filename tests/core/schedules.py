"""Noise schedules of the upstream trainers, computed afresh in float64 from their definitions."""

import numpy as np
import torch

STEPS = 1000


def edm_polynomial(precision=1e-5, power=2):
    """Squared signal 1 - 2p of (1 - (t / T)**2)**2, steps clipped at a ratio of 0.001, plus p."""
    t = np.linspace(0, STEPS + 1, STEPS + 1)
    squared = (1 - (t / (STEPS + 1)) ** power) ** 2
    steps = np.clip(squared / np.concatenate([[1.0], squared[:-1]]), 0.001, 1.0)
    return (1 - 2 * precision) * np.cumprod(steps) + precision


def edm_cosine(offset=0.008):
    """Product of steps of cos**2, each at least 0.001 (a noise of at most 0.999)."""
    t = np.linspace(0, STEPS + 2, STEPS + 2)
    squared = np.cos((t / (STEPS + 2) + offset) / (1 + offset) * np.pi / 2) ** 2
    return np.cumprod(1 - np.clip(1 - squared[1:] / squared[:-1], 0, 0.999))


def jodo_linear():
    """log alpha = -(20 - 0.1) t**2 / 4 - 0.1 t / 2 for t from 1e-5 to 1."""
    t = np.concatenate([[1e-7, 1e-6], np.linspace(1e-5, 1, STEPS)])
    return np.exp(-0.5 * t**2 * 19.9 - t * 0.1)


def jodo_cosine(offset=0.008):
    """alpha = cos(pi / 2 (t + s) / (1 + s)) over its value at 0, to the last ulp before 1."""
    t = np.concatenate([np.linspace(1e-5, 0.9946, STEPS), 1 - np.logspace(-3, -7, 30)])
    start = np.cos(offset / (1 + offset) * np.pi / 2)
    return (np.cos((t + offset) / (1 + offset) * np.pi / 2) / start) ** 2


SCHEDULES = {
    "EDM polynomial": edm_polynomial,
    "EDM cosine": edm_cosine,
    "JODO linear": jodo_linear,
    "JODO cosine": jodo_cosine,
}


def alpha_sigma(name):
    """`(levels,)` alpha and sigma as float32 tensors, one for each step index."""
    squared = SCHEDULES[name]()
    alpha, sigma = np.sqrt(squared), np.sqrt(np.maximum(1 - squared, 0))
    return torch.tensor(alpha).float(), torch.tensor(sigma).float()
