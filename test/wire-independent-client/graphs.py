"""Runs the graphs of a plan with onnxruntime, their feeds made as docs/protocol.md says (sections 6 and 8)."""

import math

import numpy
import onnxruntime

from client import derive, philox

DTYPES = {"F32": "<f4", "F64": "<f8", "I32": "<i4", "I64": "<i8", "U8": "u1", "BOOL": "?"}
TAGS = {"float32": "F32", "float64": "F64", "int32": "I32", "int64": "I64", "uint8": "U8", "bool": "BOOL"}


def to_array(leaf):
    dtype, shape, values = leaf
    return numpy.array(values, dtype=DTYPES[dtype]).reshape(shape)


def to_leaf(array):
    return (TAGS[str(array.dtype)], list(array.shape), array.ravel().tolist())


def words(seed):
    """The stream of a seed."""
    counter = 0
    while True:
        yield from philox((counter & 0xFFFFFFFF, counter >> 32, 0, 0), seed)
        counter += 1


def permutation(seed, count):
    stream = words(seed)

    def below(bound):
        word = next(stream)
        while word >= 2**32 - 2**32 % bound:
            word = next(stream)
        return word % bound

    order = [0] * count
    for index in range(count):
        other = below(index + 1)
        order[index] = order[other]
        order[other] = index
    return order


def draw(distribution, shape, seed):
    size, stream = math.prod(shape), words(seed)
    kind = distribution["kind"]
    if kind == "uniform":
        low, high = distribution["low"], distribution["high"]
        numbers = [low + (high - low) * 2**-24 * (next(stream) >> 8) for _ in range(size)]
    elif kind == "normal":
        numbers = []
        while len(numbers) < size:
            radius = distribution["stddev"] * math.sqrt(-2 * math.log((next(stream) + 1) / 2**32))
            angle = 2 * math.pi * next(stream) / 2**32
            numbers += [distribution["mean"] + radius * part(angle) for part in (math.cos, math.sin)]
    else:
        chance = distribution["probability"]
        bits = next((width for width in (1, 2, 4, 8, 16) if (chance * 2**width).is_integer()), 16)
        threshold = math.floor(chance * 2**bits + 0.5)
        lanes = []
        while len(lanes) < size:
            word = next(stream)
            lanes += [(word >> shift) & (2**bits - 1) for shift in range(0, 32, bits)]
        return numpy.array([lane < threshold for lane in lanes[:size]], dtype="u1").reshape(shape)
    return numpy.array(numbers[:size], dtype="<f4").reshape(shape)


def count(number, argument):
    """A number of a view: itself, or the scalar of the argument that it names."""
    value = int(argument[number["leaf"]]) if isinstance(number, dict) else number
    if value < 0:
        raise ValueError(f"Cannot walk a dataset: need a count of 0 or more, got {value}")
    return value


def walk(view, length, argument, seed, reduce):
    """How a dataset is walked: indices and mask, [steps, batchSize]."""
    used = length if view["take"] is None else min(length, count(view["take"], argument))
    width = view["batchSize"] or 1
    if view.get("acrossEpochs"):
        return walk_across(view, used, width, argument, seed, reduce)
    per_epoch = used // width if view["dropRemainder"] else math.ceil(used / width)
    if "steps" in view:
        limit = count(view["steps"], argument) if per_epoch else 0
        epochs = math.ceil(limit / per_epoch) if per_epoch else 0
    else:
        epochs = count(view["epochs"], argument)
        limit = epochs * per_epoch
    if limit * width > 2**28:
        raise ValueError(f"Cannot walk a dataset: {limit} steps of {width} are too many")
    indices, mask = [], []
    for epoch in range(epochs if per_epoch else 0):
        order = permutation(derive(seed, "order", reduce, epoch), used) if view["shuffle"] else list(range(used))
        for start in range(0, used, width):
            batch = order[start : start + width]
            if len(batch) < width and view["dropRemainder"]:
                continue
            padding = width - len(batch)
            indices.append(batch + [0] * padding)
            mask.append([1.0] * len(batch) + [0.0] * padding)
    steps = limit
    indices, mask = indices[:steps], mask[:steps]
    indices = numpy.array(indices, dtype="<i4").reshape(steps, width)
    return indices if view["batchSize"] else indices.reshape(steps), numpy.array(mask, dtype="<f4").reshape(steps, width)


def walk_across(view, used, width, argument, seed, reduce):
    """The same, where all epochs are cut into batches as one."""
    if "steps" in view:
        steps = count(view["steps"], argument) if used else 0
        elements = steps * width
    else:
        elements = count(view["epochs"], argument) * used
        steps = elements // width if view["dropRemainder"] else math.ceil(elements / width)
    if steps * width > 2**28:
        raise ValueError(f"Cannot walk a dataset: {steps} steps of {width} are too many")
    places = min(elements, steps * width)
    walked = []
    for epoch in range(math.ceil(places / used) if used else 0):
        walked += permutation(derive(seed, "order", reduce, epoch), used) if view["shuffle"] else list(range(used))
    padding = [0] * (steps * width - places)
    indices = numpy.array(walked[:places] + padding, dtype="<i4").reshape(steps, width)
    mask = numpy.array([1.0] * places + [0.0] * len(padding), dtype="<f4").reshape(steps, width)
    return indices if view["batchSize"] else indices.reshape(steps), mask


def load(graph, model):
    """A function from the leaves of an argument, and a seed, to the leaves of the result."""
    session = onnxruntime.InferenceSession(model)

    def run(argument, seed):
        arrays = [to_array(leaf) for leaf in argument]
        inputs = {}
        for feed in graph["feeds"]:
            kind, name = feed["kind"], feed["name"]
            if kind == "argument":
                inputs[name] = arrays[feed["leaf"]]
            elif kind in ("indices", "mask"):
                indices, mask = walk(feed["view"], len(arrays[feed["leaf"]]), arrays, seed, feed["reduce"])
                inputs[name] = indices if kind == "indices" else mask
            elif feed["reduce"] is None:
                inputs[name] = draw(feed["distribution"], feed["shape"], derive(seed, "random", feed["draw"]))
            else:
                steps = len(walk(feed["view"], len(arrays[feed["leaf"]]), arrays, seed, feed["reduce"])[0])
                stream = derive(seed, "random", feed["draw"], feed["reduce"])
                inputs[name] = draw(feed["distribution"], [steps, *feed["shape"]], stream)
        return [to_leaf(result) for result in session.run(None, inputs)]

    return run
