"""Train on four methane-like molecules, with or without the graph of bonds."""

import logging

import run_lib
from absl import app, config_flags, flags

FLAGS = flags.FLAGS

flags.DEFINE_string("mode", "train", "what to do")
config_flags.DEFINE_config_file(
    "config",
    {
        "only_2D": False,
        "pred_edge": True,
        "unit": 1.0,
        "nan_at": -1,
        "bonded": True,
        "data": {"info_name": "qm9_with_h", "transform": "EdgeCom", "centered": True},
        "model": {"pred_data": True, "noise_align": True, "normalize_factors": "1, 4, 4, 1"},
        "optim": {"lr": 1e-3, "grad_clip": False},
    },
)


def main(argv):
    if FLAGS.mode == "train":
        run_lib.train(FLAGS.config)
    elif FLAGS.mode == "eval":
        logging.info("nothing to evaluate")


if __name__ == "__main__":
    app.run(main)
