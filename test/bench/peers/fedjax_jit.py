"""FedJAX with its `jit` backend: one compiled training step a client; dropout as in its own EMNIST model."""
import os
from importlib.metadata import version

import work

options = work.arguments()
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import fedjax  # noqa: E402
import haiku as hk  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402


def convolutional(batch):
    images = jax.nn.relu(hk.Conv2D(32, (3, 3), padding="VALID")(batch["x"]))
    images = jax.nn.relu(hk.Conv2D(64, (3, 3), padding="VALID")(images))
    images = hk.MaxPool((1, 2, 2, 1), (1, 2, 2, 1), "VALID")(images)
    return hk.Linear(work.CLASSES)(jax.nn.relu(hk.Linear(128)(hk.Flatten()(images))))


def build():
    if options.model == "lr":
        return fedjax.models.emnist.create_logistic_model(only_digits=False)
    if options.model == "cnn-dropout":
        return fedjax.models.emnist.create_conv_model(only_digits=False)
    if options.model == "cnn":
        sample = {"x": np.zeros((1, 28, 28, 1), np.float32), "y": np.zeros(1, np.float32)}
        return fedjax.create_model_from_haiku(
            transformed_forward_pass=hk.transform(convolutional),
            sample_batch=sample,
            train_loss=lambda batch, scores: fedjax.metrics.unreduced_cross_entropy_loss(batch["y"], scores),
            eval_metrics={"loss": fedjax.metrics.CrossEntropyLoss()})
    raise SystemExit(f"no FedJAX twin of {options.model}")


x, y, batch = work.data(options.model)
clients = fedjax.InMemoryFederatedData(
    {b"%04d" % client: {"x": x[client], "y": y[client].astype(np.int32)} for client in range(work.CLIENTS)})
model = build()
algorithm = fedjax.algorithms.fed_avg.federated_averaging(
    grad_fn=fedjax.model_grad(model),
    client_optimizer=fedjax.optimizers.sgd(learning_rate=work.RATE),
    server_optimizer=fedjax.optimizers.sgd(learning_rate=1.0),
    client_batch_hparams=fedjax.ShuffleRepeatBatchHParams(batch_size=batch, num_epochs=1))
state = algorithm.init(model.init(jax.random.PRNGKey(0)))
sampler = fedjax.client_samplers.UniformGetClientSampler(clients, num_clients=work.COHORT, seed=0)
probe = {"x": x[:20].reshape(-1, 28, 28, 1), "y": y[:20].reshape(-1).astype(np.int32)}


def mean_loss():
    return float(jnp.mean(model.train_loss(probe, model.apply_for_eval(state.params, probe))))


loss_before = mean_loss()
clock = work.Clock(options)
for _ in range(options.warmup + options.rounds):
    state, _ = algorithm.apply(state, sampler.sample())
    jax.block_until_ready(state.params)
    clock.tick()
clock.report(f"fedjax {version('fedjax')}, jax {jax.__version__}", loss_before, mean_loss())
