"""The rules of robust.ts in numpy, on the same rows: times in ms as JSON, on the clock and of the processor. Fails where the aggregates differ."""
import json
import statistics
import sys
import time

import numpy as np

folder, clients, turns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rows = np.fromfile(f"{folder}/rows.f32", dtype=np.float32).reshape(clients, -1)
faulty = 20


def trimmed_mean():
    return np.sort(rows, axis=0)[faulty:-faulty].mean(axis=0)


def krum():
    products = rows @ rows.T
    squares = np.diag(products)
    distances = squares[:, None] + squares[None, :] - 2 * products
    np.fill_diagonal(distances, np.inf)
    scores = np.sort(distances, axis=1)[:, : max(1, clients - faulty - 2)].sum(axis=1)
    return rows[np.argmin(scores)]


def timed(rule, name, within):
    found = np.fromfile(f"{folder}/{name}.f32", dtype=np.float32)
    times, processor = [], []
    for _ in range(turns):
        start, used = time.perf_counter(), time.process_time()
        result = rule()
        times.append(1000 * (time.perf_counter() - start))
        processor.append(1000 * (time.process_time() - used))
    worst = float(np.abs(result - found).max())
    if worst > within:
        sys.exit(f"{name}: need the aggregate of Starling, got one that is {worst} away")
    return {"ms": statistics.median(times), "processorMs": statistics.median(processor)}


print(
    json.dumps(
        {
            "median": timed(lambda: np.median(rows, axis=0), "median", 0),
            "trimmed mean": timed(trimmed_mean, "trimmed mean", 1e-6),
            "krum": timed(krum, "krum", 0),
        }
    )
)
