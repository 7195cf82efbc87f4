"""The standard work as the Python peers see it: the same examples as work/*.ts draws, and the clock that times rounds.

200 clients; 10 a round; one local epoch; SGD 0.1; FedAvg weighted by examples; server rate 1; no evaluation while timed.
"""
import argparse
import json
import os
import resource
import statistics
import time

import numpy as np

STARTED = time.perf_counter()
CLIENTS, COHORT, RATE = 200, 10, 0.1
IMAGES, CLASSES, IMAGE_BATCH = 100, 62, 20
TEXTS, STEPS, CHARACTERS, TEXT_BATCH = 20, 80, 90, 4


def images():
    """x float32 [200, 100, 28, 28, 1] with one pixel in five inked; y int64 [200, 100] by a linear teacher."""
    random = np.random.RandomState(0)
    shape = (CLIENTS, IMAGES, 28, 28, 1)
    x = random.rand(*shape).astype(np.float32)
    x *= (random.rand(*shape) < 0.2).astype(np.float32)
    teacher = random.randn(784, CLASSES).astype(np.float32)
    flat = x.reshape(-1, 784)
    y = np.argmax((flat - flat.mean(0)) @ teacher, axis=1)
    return x, y.reshape(CLIENTS, IMAGES).astype(np.int64)


def texts():
    """Characters c' = (3c + 7) mod 90, one in five replaced at random: x and y int64 [200, 20, 80], y one step on."""
    random = np.random.RandomState(0)
    shape = (CLIENTS * TEXTS, STEPS + 1)
    replaced = random.rand(*shape) < 0.2
    drawn = (random.rand(*shape) * CHARACTERS).astype(np.int64)
    text = drawn.copy()
    for at in range(1, STEPS + 1):
        follows = (3 * text[:, at - 1] + 7) % CHARACTERS
        text[:, at] = np.where(replaced[:, at], drawn[:, at], follows)
    text = text.reshape(CLIENTS, TEXTS, STEPS + 1)
    return text[:, :, :-1], text[:, :, 1:]


def data(model):
    """x, y and the batch size of a model."""
    return (*texts(), TEXT_BATCH) if model == "lstm" else (*images(), IMAGE_BATCH)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", choices=["lr", "cnn", "cnn-dropout", "lstm"], required=True)
    parser.add_argument("--warmup", type=int, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--threads", type=int, default=1, help="intra-op threads")
    parser.add_argument("--mode", default="", help="of a peer that has several")
    parser.add_argument("--in-order", action="store_true",
                        help="nothing is drawn: the model is zeros, cohorts and examples come as they lie")
    return parser.parse_args()


def cohort(options, random, round):
    """The clients of a round, counted from 0."""
    if options.in_order:
        return [(round * COHORT + place) % CLIENTS for place in range(COHORT)]
    return random.choice(CLIENTS, COHORT, replace=False)


def order(options, random, examples):
    """In which a client's examples come."""
    return np.arange(examples) if options.in_order else random.permutation(examples)


class Clock:
    """`tick()` ends a round; `report` prints one JSON line over the rounds after the warm-up."""

    def __init__(self, options):
        self.options = options
        self.ticks = [time.perf_counter()]
        self.cpu = [cpu_seconds()]

    def tick(self):
        self.ticks.append(time.perf_counter())
        self.cpu.append(cpu_seconds())

    def report(self, version, loss_before=None, loss_after=None):
        warmup = self.options.warmup
        spans = np.diff(self.ticks)[warmup:]
        print(json.dumps({
            "version": version,
            "rounds": len(spans),
            "medianRoundMs": 1000 * statistics.median(spans),
            "bestRoundMs": 1000 * min(spans),
            "cpuMsPerRound": 1000 * (self.cpu[-1] - self.cpu[warmup]) / len(spans),
            "peakMemoryMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "firstRoundMs": 1000 * (self.ticks[1] - self.ticks[0]),
            "lossBefore": loss_before,
            "lossAfter": loss_after,
        }), flush=True)


def cpu_seconds():
    times = os.times()
    return times.user + times.system
