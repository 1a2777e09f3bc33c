"""What can be set about the molecules that runs of a comparison or a search make."""

from eloss_plugins.cli import values
from eloss_plugins.cli.settings import Setting

SAMPLING = "sampling"
SAMPLE_STEPS = Setting("sample_steps", values.count, "from noise to molecules", "N", SAMPLING)
SAMPLE_OPTIONS = Setting(
    "sample_options",
    values.pairs_of(str),
    "how the model samples, in place of its settings",
    "K=V,...",
    SAMPLING,
)
