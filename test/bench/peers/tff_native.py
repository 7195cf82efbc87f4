"""TensorFlow Federated's weighted federated averaging, in its native C++ runtime; layers as in its own EMNIST model."""
import collections
import os

import work

options = work.arguments()
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
# Its executor makes sessions of its own, which tf.config does not reach.
os.environ["TF_NUM_INTEROP_THREADS"] = os.environ["TF_NUM_INTRAOP_THREADS"] = str(options.threads)

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tensorflow_federated as tff  # noqa: E402

layers = tf.keras.layers
images, labels, batch = work.data(options.model)


def network():
    if options.model == "lr":
        zeros = {"kernel_initializer": "zeros"} if options.in_order else {}
        return tf.keras.Sequential([layers.Flatten(input_shape=(28, 28, 1)), layers.Dense(work.CLASSES, **zeros)])
    if options.model == "lstm":
        raise SystemExit("no twin of lstm in TFF")
    drop = layers.Dropout if options.model == "cnn-dropout" else lambda rate: layers.Lambda(lambda images: images)
    return tf.keras.Sequential([
        layers.Conv2D(32, 3, activation="relu", input_shape=(28, 28, 1)),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPool2D(2), drop(0.25), layers.Flatten(),
        layers.Dense(128, activation="relu"), drop(0.5),
        layers.Dense(work.CLASSES)])


def model():
    spec = collections.OrderedDict(
        x=tf.TensorSpec([None, 28, 28, 1], tf.float32), y=tf.TensorSpec([None, 1], tf.int64))
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return tff.learning.models.from_keras_model(network(), input_spec=spec, loss=loss)


def dataset(client):
    examples = collections.OrderedDict(x=images[client], y=labels[client].reshape(-1, 1))
    found = tf.data.Dataset.from_tensor_slices(examples)
    return (found if options.in_order else found.shuffle(work.IMAGES)).batch(batch)


tff.backends.native.set_sync_local_cpp_execution_context()
sgd = tff.learning.optimizers.build_sgdm
process = tff.learning.algorithms.build_weighted_fed_avg(
    model,
    client_optimizer_fn=sgd(learning_rate=work.RATE),
    server_optimizer_fn=sgd(learning_rate=1.0))
datasets = [dataset(client) for client in range(work.CLIENTS)]
probe = network()


def mean_loss(clients=20):
    """The loss on the first clients' data, outside the timed rounds."""
    process.get_model_weights(state).assign_weights_to(probe)
    scores = probe(images[:clients].reshape(-1, 28, 28, 1), training=False)
    losses = tf.keras.losses.sparse_categorical_crossentropy(labels[:clients].reshape(-1), scores, from_logits=True)
    return float(tf.reduce_mean(losses))


random = np.random.RandomState(1)
state = process.initialize()
loss_before = mean_loss()
clock = work.Clock(options)
for round in range(options.warmup + options.rounds):
    state = process.next(state, [datasets[client] for client in work.cohort(options, random, round)]).state
    clock.tick()
clock.report(f"tff {tff.__version__}, tensorflow {tf.__version__}", loss_before, mean_loss())
