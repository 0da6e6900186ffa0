"""What `npm run bench -- train` asks of PyTorch: steps of training, frames through encoder and decoder, mIoU, memory."""

import re
import resource
import time
from pathlib import Path

import numpy as np
import torch
from occworldVq import OccWorldVq
from serve import serve
from spatialVae import SpatialVae, to_patches

held = {}


def open_run(folder, model, variant, spec, threads):
    """`variant`: float32, bfloat16 (autocast) or compiled (autocast and torch.compile)."""
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    frames = {name: np.load(Path(folder) / f"{name}.npy", mmap_mode="r") for name in ("semantics", "observed")}
    weights = spec["classWeights"]
    network = SpatialVae(spec, weights) if model == "vae" else OccWorldVq(spec["Z"], weights, spec["priorShift"])
    network = network.to(memory_format=torch.channels_last)
    loss, predict = network.loss, network.predict
    if variant == "compiled":
        loss, predict = torch.compile(loss), torch.compile(predict)
    # Occlab's has layers that learn slower the more inputs they sum; the other learns as published, all layers alike.
    shares = {name: network.rate_share(name) if model == "vae" else 1.0 for name, _ in network.named_parameters()}
    groups = [{"params": [p], "share": shares[name]} for name, p in network.named_parameters()]
    adam = torch.optim.AdamW(groups, lr=spec["learningRate"], betas=(0.9, 0.99), fused=True)
    held.update(frames=frames, network=network, loss=loss, predict=predict, adam=adam, variant=variant, spec=spec)
    return sum(p.numel() for p in network.parameters())


def batch(numbers):
    return (torch.from_numpy(held["frames"][name][numbers].astype(np.int64)) for name in ("semantics", "observed"))


def autocast():
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=held["variant"] != "float32")


def timed(work):
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return {"wallS": time.perf_counter() - wall, "cpuS": time.process_time() - cpu, "value": result}


def train(batches, learningRates):
    """A step for each batch of frame numbers; the time is that of the steps, without the loading."""
    total = {"wallS": 0.0, "cpuS": 0.0, "value": 0.0}
    for numbers, rate in zip(batches, learningRates, strict=True):
        semantics, observed = batch(numbers)
        for group in held["adam"].param_groups:
            group["lr"] = rate * group["share"]
        one = timed(lambda: step(semantics, observed))
        total = {"wallS": total["wallS"] + one["wallS"], "cpuS": total["cpuS"] + one["cpuS"], "value": one["value"]}
    return total


def step(semantics, observed):
    held["adam"].zero_grad(set_to_none=True)
    # Outside of what is compiled: how many there are differs from frame to frame.
    seen = held["network"].seen(observed)
    with autocast():
        loss = held["loss"](semantics, observed, seen)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(held["network"].parameters(), 1.0)
    held["adam"].step()
    return loss.item()


def infer(numbers):
    """Each frame through encoder and decoder to the most likely classes; times of each."""
    times = []
    for number in numbers:
        semantics, observed = batch([number])
        with torch.no_grad(), autocast():
            times.append(timed(lambda: held["predict"](semantics, observed)[0].item()))
    return times


def score(numbers):
    """Intersections and unions of each class over the observed voxels of all frames."""
    K = len(held["spec"]["classWeights"])
    confusion = np.zeros((K, K), np.int64)
    for number in numbers:
        semantics, observed = batch([number])
        with torch.no_grad(), autocast():
            predicted = held["predict"](semantics, observed).reshape(-1)
        if isinstance(held["network"], SpatialVae):
            semantics, observed = (to_patches(grid, held["spec"]["patch"]) for grid in (semantics, observed))
        seen = observed.reshape(-1) != 0
        pairs = semantics.reshape(-1)[seen] * K + predicted[seen]
        confusion += torch.bincount(pairs, minlength=K * K).reshape(K, K).numpy()
    hits = np.diag(confusion)
    return {"intersections": hits.tolist(), "unions": (confusion.sum(0) + confusion.sum(1) - hits).tolist()}


def peak():
    """MiB, as pipeline/peakMemory.ts takes it: getrusage starts at what the parent held when it started this process."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"^VmHWM:\s*(\d+) kB$", status.read_text(), re.MULTILINE)[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


serve({"open": open_run, "train": train, "infer": infer, "score": score, "peak": peak})
