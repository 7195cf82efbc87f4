"""pfl (apple/pfl-research) in as many processes as its launcher names: PFL_WORKER_ADDRESSES, PFL_WORKER_RANK."""
import numpy as np
import pfl
import torch
from pfl.aggregate.simulate import SimulatedBackend
from pfl.aggregate.weighting import WeightByDatapoints
from pfl.algorithm.base import NNAlgorithmParams
from pfl.algorithm.federated_averaging import FederatedAveraging
from pfl.callback.base import TrainingProcessCallback
from pfl.data.dataset import Dataset
from pfl.data.federated_dataset import FederatedDataset
from pfl.data.sampling import get_user_sampler
from pfl.hyperparam import NNTrainHyperParams
from pfl.metrics import Metrics, Weighted
from pfl.model.pytorch import PyTorchModel

import work
from torch_models import build, mean_loss

options = work.arguments()
torch.set_num_threads(options.threads)
torch.manual_seed(0)
np.random.seed(0)


class Net(torch.nn.Module):
    """pfl asks the module for its loss and its metrics."""

    def __init__(self):
        super().__init__()
        self.net = build(options.model)

    def loss(self, x, y, eval=False):
        self.train(not eval)
        return torch.nn.functional.cross_entropy(self.net(x), y)

    @torch.no_grad()
    def metrics(self, x, y, eval=True):
        self.train(not eval)
        loss = torch.nn.functional.cross_entropy(self.net(x), y, reduction="sum")
        return {"loss": Weighted(loss.item(), len(y))}


class Tick(TrainingProcessCallback):
    def after_central_iteration(self, aggregate_metrics, model, *, central_iteration):
        clock.tick()
        return False, Metrics()


x, y, batch = work.data(options.model)
# Made once and kept, so that pfl's own cache of batch slices serves every round.
users = {client: Dataset(raw_data=[torch.tensor(x[client]), torch.tensor(y[client])], user_id=str(client))
         for client in range(work.CLIENTS)}
training = FederatedDataset(users.__getitem__, get_user_sampler("minimize_reuse", list(users)))
net = Net()
model = PyTorchModel(model=net, local_optimizer_create=torch.optim.SGD,
                     central_optimizer=torch.optim.SGD(net.parameters(), lr=1.0))
rounds = options.warmup + options.rounds
loss_before = mean_loss(net.net, x, y)
clock = work.Clock(options)
FederatedAveraging().run(
    # A round is evaluated where round % frequency is 0: the first alone, in the warm-up.
    algorithm_params=NNAlgorithmParams(central_num_iterations=rounds, evaluation_frequency=rounds + 1,
                                       train_cohort_size=work.COHORT, val_cohort_size=0),
    backend=SimulatedBackend(training_data=training, val_data=training, postprocessors=[WeightByDatapoints()]),
    model=model,
    model_train_params=NNTrainHyperParams(local_learning_rate=work.RATE, local_num_epochs=1, local_batch_size=batch),
    model_eval_params=None,
    callbacks=[Tick()],
    send_metrics_to_platform=False)
clock.report(pfl.__version__, loss_before, mean_loss(net.net, x, y))
