"""One process, no scaler; hooks in Lightning's order: callbacks, the module, clipping, the step."""

import torch


class Callback:
    def on_before_optimizer_step(self, trainer, pl_module, optimizer):
        pass


class LightningModule(torch.nn.Module):
    device = torch.device("cpu")

    def on_before_optimizer_step(self, optimizer):
        pass


class OneProcess:
    scaler = None

    def reduce(self, tensor, reduce_op):
        return tensor


class Trainer:
    is_global_zero = True
    strategy = precision_plugin = OneProcess()

    def __init__(self, gradient_clip_val, callbacks):
        self.gradient_clip_val = gradient_clip_val
        self.callbacks = callbacks

    def fit(self, model, batches):
        optimizer = model.configure_optimizers()
        for index, batch in enumerate(batches):
            loss = model.training_step(batch, index)
            optimizer.zero_grad()
            loss.backward()
            for callback in self.callbacks:
                callback.on_before_optimizer_step(self, model, optimizer)
            model.on_before_optimizer_step(optimizer)
            torch.nn.utils.clip_grad_norm_(model.parameters(), self.gradient_clip_val)
            optimizer.step()
            print("step", loss.item())
