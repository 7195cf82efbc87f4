"""No framework at all: the loop that a PyTorch user would write by hand, clients one after another."""
import numpy as np
import torch

import work
from torch_models import build, mean_loss

options = work.arguments()
torch.set_num_threads(options.threads)
x, y, batch = work.data(options.model)
# Cut into tensors once, before the clock runs.
batches = [
    [(torch.tensor(x[client, at:at + batch]), torch.tensor(y[client, at:at + batch]))
     for at in range(0, x.shape[1], batch)]
    for client in range(work.CLIENTS)]
net = build(options.model)
net.train()
weights = list(net.parameters())
if options.in_order:
    for weight in weights:
        torch.nn.init.zeros_(weight)
random = np.random.RandomState(1)
loss_before = mean_loss(net, x, y)
clock = work.Clock(options)
for round in range(options.warmup + options.rounds):
    broadcast = [weight.detach().clone() for weight in weights]
    average = [torch.zeros_like(weight) for weight in broadcast]
    for client in work.cohort(options, random, round):
        optimizer = torch.optim.SGD(weights, lr=work.RATE)
        for inputs, labels in batches[client]:
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(net(inputs), labels).backward()
            optimizer.step()
        with torch.no_grad():
            torch._foreach_add_(average, [weight.detach() for weight in weights], alpha=1 / work.COHORT)
            torch._foreach_copy_([weight.data for weight in weights], broadcast)
    with torch.no_grad():
        torch._foreach_copy_([weight.data for weight in weights], average)
    clock.tick()
clock.report(torch.__version__, loss_before, mean_loss(net, x, y))
