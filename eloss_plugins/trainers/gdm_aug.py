"""GDM-aug: GDM trained on randomly rotated molecules."""

from dataclasses import replace

from eloss_plugins.trainers import gdm
from eloss_plugins.trainers.augment import rotated

SPEC = replace(
    gdm.SPEC,
    name="gdm-aug",
    target="gdm-aug",
    summary="diffusion with a plain graph network, on randomly rotated molecules",
    augment=rotated,
)
