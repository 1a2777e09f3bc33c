"""Folders, and clipping by past gradient norms, which one NaN breaks."""

import os

import torch


def create_folders(args):
    os.makedirs(os.path.join("outputs", args.exp_name), exist_ok=True)


def gradient_clipping(model, gradnorm_queue):
    limit = 1.5 * sum(gradnorm_queue) / len(gradnorm_queue)
    norm = float(torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=limit))
    gradnorm_queue.append(min(norm, limit) if norm == norm else norm)
