"""No framework and no automatic gradients: federated averaging of logistic regression in numpy, on one core."""
import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy is there

import numpy as np  # noqa: E402

import work  # noqa: E402

options = work.arguments()
if options.model != "lr":
    raise SystemExit(f"no gradient of {options.model} by hand")
images, labels, batch = work.data("lr")
images = images.reshape(work.CLIENTS, work.IMAGES, 784)
weights, bias = np.zeros((784, work.CLASSES), np.float32), np.zeros(work.CLASSES, np.float32)


def probabilities(scores):
    scores -= scores.max(1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(1, keepdims=True)
    return scores


def mean_loss(clients=20):
    """The loss on the first clients' data, outside the timed rounds."""
    found = probabilities(images[:clients].reshape(-1, 784) @ weights + bias)
    chosen = found[np.arange(len(found)), labels[:clients].reshape(-1)]
    return float(-np.log(chosen).mean())


def trained(x, y):
    """What an epoch makes of the model: the gradient of the mean cross-entropy by scores is (p - one-hot(y)) / B."""
    own, own_bias = weights.copy(), bias.copy()
    for at in range(0, len(x), batch):
        part, truth = x[at:at + batch], y[at:at + batch]
        gradient = probabilities(part @ own + own_bias)
        gradient[np.arange(len(part)), truth] -= 1
        gradient *= work.RATE / len(part)
        own -= part.T @ gradient
        own_bias -= gradient.sum(0)
    return own, own_bias


random = np.random.RandomState(1)
loss_before = mean_loss()
clock = work.Clock(options)
for round in range(options.warmup + options.rounds):
    total, total_bias = np.zeros(weights.shape), np.zeros(bias.shape)
    for client in work.cohort(options, random, round):
        order = work.order(options, random, work.IMAGES)
        own, own_bias = trained(images[client][order], labels[client][order])
        total += own
        total_bias += own_bias
    weights = (total / work.COHORT).astype(np.float32)
    bias = (total_bias / work.COHORT).astype(np.float32)
    clock.tick()
clock.report(f"numpy {np.__version__}", loss_before, mean_loss())
