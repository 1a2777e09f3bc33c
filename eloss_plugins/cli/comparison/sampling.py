"""How the runs of a comparison or a search make their molecules, looked at before any trains."""

from eloss_plugins.cli.comparison.plan import Common
from eloss_plugins.cli.train_settings import train_config


def check_sampling(common: Common) -> None:
    """Look at the sampling options, which no run reads before it has been trained.

    Raises:
        UsageError: the trainer has none of that name, or not that value.
    """
    if not common.sample_options:
        return
    from eloss_plugins.trainers.config import TrainConfig
    from eloss_plugins.trainers.parts import find_trainer, sampling_config
    from eloss_plugins.trainers.start_config import model_of_start

    config = TrainConfig.from_json(train_config({"model": common.model, **common.settings}))
    spec = find_trainer(config.trainer)
    sampling_config(spec, model_of_start(config, spec), common.sample_options)
