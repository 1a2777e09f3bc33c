"""The sign and scale of the exponent: E / T is the reverse Kullback-Leibler divergence."""

import torch

from eloss_plugins.core import Energy, Exponential, LossBatch, Mse


def test_squared_error_over_2_sigma_squared_is_the_reverse_divergence_of_gaussians():
    generator = torch.Generator().manual_seed(0)
    target, prediction = torch.randn(2, 3, 5, 3, generator=generator, dtype=torch.float64)
    sigma, one = 0.7, torch.ones(3, dtype=torch.float64)
    divergence = torch.distributions.kl_divergence(
        torch.distributions.Normal(prediction, sigma), torch.distributions.Normal(target, sigma)
    ).sum((1, 2))
    loss = Mse(weight=1 / (2 * sigma**2), reduction="sum")
    torch.testing.assert_close(
        loss(LossBatch(target, prediction - target, one, one)), divergence, rtol=1e-12, atol=0
    )


def test_the_boltzmann_weight_of_a_prediction_is_largest_at_the_data():
    target = torch.tensor([[[0.0, 0.0], [1.2, 0.0], [0.3, 0.9]]], dtype=torch.float64)
    stretched = torch.linspace(0.5, 1.5, 11, dtype=torch.float64)[:, None, None] * target
    one = torch.ones(11, dtype=torch.float64)
    targets = target.expand_as(stretched)
    exponent = Energy(Exponential(), temperature=0.1)(
        LossBatch(targets, stretched - targets, one, one)
    )
    weight = (-exponent).exp()
    assert weight.argmax() == 5
    assert weight[5] == 1
