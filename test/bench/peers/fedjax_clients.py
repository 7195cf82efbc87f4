"""FedJAX: clients one after another (`--mode jit`) or one a device (`pmap`); dropout as in its own EMNIST model."""
import os
from importlib.metadata import version

import work

options = work.arguments()
os.environ.setdefault("JAX_PLATFORMS", "cpu")
if options.mode == "pmap":
    os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={options.threads}"

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
with fedjax.for_each_client_backend(options.mode):
    algorithm = fedjax.algorithms.fed_avg.federated_averaging(
        grad_fn=fedjax.model_grad(model),
        client_optimizer=fedjax.optimizers.sgd(learning_rate=work.RATE),
        server_optimizer=fedjax.optimizers.sgd(learning_rate=1.0),
        client_batch_hparams=fedjax.ShuffleRepeatBatchHParams(
            batch_size=batch, num_epochs=1, skip_shuffle=options.in_order))
weights = model.init(jax.random.PRNGKey(0))
state = algorithm.init(jax.tree_util.tree_map(jnp.zeros_like, weights) if options.in_order else weights)
sampler = fedjax.client_samplers.UniformGetClientSampler(clients, num_clients=work.COHORT, seed=0)


def sampled(round):
    """Names, data and random keys of the round's clients."""
    if not options.in_order:
        return sampler.sample()
    names = [b"%04d" % client for client in work.cohort(options, None, round)]
    return [(name, data, jax.random.PRNGKey(0)) for name, data in clients.get_clients(names)]


probe = {"x": x[:20].reshape(-1, 28, 28, 1), "y": y[:20].reshape(-1).astype(np.int32)}


def mean_loss():
    return float(jnp.mean(model.train_loss(probe, model.apply_for_eval(state.params, probe))))


loss_before = mean_loss()
clock = work.Clock(options)
for round in range(options.warmup + options.rounds):
    state, _ = algorithm.apply(state, sampled(round))
    jax.block_until_ready(state.params)
    clock.tick()
clock.report(f"fedjax {version('fedjax')}, jax {jax.__version__}", loss_before, mean_loss())
