"""One epoch of training and one of evaluation."""

import torch
import utils
import wandb


def train_epoch(args, loader, model, optim, gradnorm_queue):
    model.train()
    for x, h, node_mask in loader:
        optim.zero_grad()
        nll = model(x, h, node_mask).mean(0)
        loss = nll
        loss.backward()

        if args.clip_grad:
            utils.gradient_clipping(model, gradnorm_queue)
        optim.step()
        print(f"step {loss.item():.6f}")


def test(args, loader, eval_model, partition):
    eval_model.eval()
    with torch.no_grad():
        nll_epoch = 0
        n_samples = 0
        for x, h, node_mask in loader:
            nll_epoch += eval_model(x, h, node_mask).sum().item()
            n_samples += len(x)
    wandb.log({f"{partition} NLL": nll_epoch / n_samples})
    return nll_epoch / n_samples
