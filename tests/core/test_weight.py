import pytest

from eloss_plugins.core.losses import Energy, Kabsch, Mae, Mse


@pytest.mark.parametrize("loss", [Energy, Kabsch, Mae, Mse])
@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_a_weight_that_turns_or_breaks_the_loss_is_refused(loss, weight):
    with pytest.raises(ValueError, match="weight must be finite"):
        loss(weight=weight)
