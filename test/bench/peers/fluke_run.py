"""fluke's FedAVG in its one process, with its in-memory loaders."""
import warnings

import torch

import work
from torch_models import build, mean_loss

warnings.filterwarnings("ignore")
options = work.arguments()
torch.set_num_threads(options.threads)

import fluke  # noqa: E402
from fluke import DDict, FlukeENV  # noqa: E402
from fluke.algorithms.fedavg import FedAVG  # noqa: E402
from fluke.data import DataSplitter, DummyDataContainer, FastDataLoader  # noqa: E402
from fluke.utils import FederationObserver  # noqa: E402


class Tick(FederationObserver):
    def end_round(self, round):
        clock.tick()


environment = FlukeENV()
environment.set_seed(0)
environment.set_device("cpu")
environment.set_eval_cfg(pre_fit=False, post_fit=False, locals=False, server=False)
x, y, batch = work.data(options.model)
loaders = [FastDataLoader(torch.from_numpy(x[client]), torch.from_numpy(y[client]), num_labels=work.CLASSES,
                          batch_size=batch, shuffle=True) for client in range(work.CLIENTS)]
split = DataSplitter(DummyDataContainer(loaders, [None] * work.CLIENTS, None, work.CLASSES))
net = build(options.model)
loss_before = mean_loss(net, x, y)
federation = FedAVG(work.CLIENTS, split, DDict(
    model=net,
    client=DDict(batch_size=batch, local_epochs=1, loss="CrossEntropyLoss", persistency=False,
                 optimizer=DDict(name="SGD", lr=work.RATE), scheduler=DDict(name="StepLR", step_size=1, gamma=1)),
    server=DDict(weighted=True)))
clock = work.Clock(options)
federation.set_callbacks([Tick()])
federation.run(n_rounds=options.warmup + options.rounds, eligible_perc=work.COHORT / work.CLIENTS)
clock.report(fluke.__version__, loss_before, mean_loss(federation.server.model.cpu(), x, y))
