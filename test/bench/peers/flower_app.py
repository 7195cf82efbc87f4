"""Flower's client and server of the standard work; a module of its own, which Ray's processes import by its name."""
import os
from argparse import Namespace
from functools import lru_cache
from importlib.metadata import version

import numpy as np
import torch
from flwr.app import ArrayRecord, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import ServerApp
from flwr.serverapp.strategy import FedAvg

import work
from torch_models import build, mean_loss

client_app, server_app = ClientApp(), ServerApp()
MODEL = os.environ["WORK_MODEL"]


@lru_cache(maxsize=1)
def loaded():
    """Data and network, once for each of Ray's processes."""
    torch.set_num_threads(1)
    x, y, batch = work.data(MODEL)
    return torch.from_numpy(np.ascontiguousarray(x)), torch.from_numpy(np.ascontiguousarray(y)), batch, build(MODEL)


@client_app.train()
def train(message, context):
    x, y, batch, net = loaded()
    client = int(context.node_config["partition-id"])
    net.load_state_dict(message.content["arrays"].to_torch_state_dict())
    net.train()
    optimizer = torch.optim.SGD(net.parameters(), lr=work.RATE)
    for chosen in torch.randperm(x.shape[1]).split(batch):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(x[client, chosen]), y[client, chosen]).backward()
        optimizer.step()
    metrics = MetricRecord({"num-examples": x.shape[1]})
    content = RecordDict({"arrays": ArrayRecord(net.state_dict()), "metrics": metrics})
    return Message(content=content, reply_to=message)


class TimedFedAvg(FedAvg):
    def aggregate_train(self, server_round, replies):
        aggregated = super().aggregate_train(server_round, replies)
        if aggregated[0] is None:
            raise RuntimeError("all clients failed")
        self.clock.tick()
        return aggregated


@server_app.main()
def serve(grid, context):
    options = Namespace(warmup=int(os.environ["WORK_WARMUP"]), rounds=int(os.environ["WORK_ROUNDS"]))
    x, y, _ = work.data(MODEL)
    net = build(MODEL)
    loss_before = mean_loss(net, x, y)
    strategy = TimedFedAvg(
        fraction_train=work.COHORT / work.CLIENTS, fraction_evaluate=0.0,
        min_train_nodes=work.COHORT, min_available_nodes=work.CLIENTS)
    strategy.clock = work.Clock(options)
    result = strategy.start(
        grid=grid, initial_arrays=ArrayRecord(net.state_dict()), num_rounds=options.warmup + options.rounds)
    net.load_state_dict(result.arrays.to_torch_state_dict())
    # Its processor time is that of the server alone: the clients are Ray's processes.
    strategy.clock.report(f"flwr {version('flwr')}, ray {version('ray')}", loss_before, mean_loss(net, x, y))
