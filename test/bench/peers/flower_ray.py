"""Flower's simulation on Ray, a process of one core for each of `--threads`."""
import os
import sys

import work

options = work.arguments()
os.environ.update(
    FLWR_TELEMETRY_ENABLED="0", RAY_USAGE_STATS_ENABLED="0", RAY_DISABLE_MEMORY_MONITOR="1", OMP_NUM_THREADS="1",
    WORK_MODEL=options.model, WORK_WARMUP=str(options.warmup), WORK_ROUNDS=str(options.rounds))
folder = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, folder)
os.environ["PYTHONPATH"] = folder

from flwr.simulation import run_simulation  # noqa: E402

import flower_app  # noqa: E402

if __name__ == "__main__":
    run_simulation(
        server_app=flower_app.server_app, client_app=flower_app.client_app, num_supernodes=work.CLIENTS,
        backend_config={
            "init_args": {"num_cpus": options.threads, "include_dashboard": False,
                          "logging_level": 30, "log_to_driver": False},
            "client_resources": {"num_cpus": 1, "num_gpus": 0.0}})
