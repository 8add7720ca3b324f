"""Training in several processes, on one machine or many: what torch's own launcher (`torchrun`) started is found here.

Every process works on its share of each batch, and gradients are averaged, so that the result is one process's up to the
order of sums. Source: https://docs.pytorch.org/docs/stable/elastic/run.html (the environment variables).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import torch
from torch import distributed

from unfilter.errors import UnfilterError

LONGEST_WAIT = timedelta(days=1)
"""The others wait while process 0 runs the operator on every photo; NCCL's own limit is ten minutes."""


@contextmanager
def launched(device: str | None) -> Iterator[str | None]:
    """Join the processes that `torchrun` started, if it did; gives the device that this process should use.

    On CUDA every process takes the GPU of its local rank and NCCL carries the gradients; elsewhere Gloo does.
    """
    if "WORLD_SIZE" not in os.environ or not distributed.is_available():
        yield device
        return
    cuda = torch.cuda.is_available() if device is None else device.startswith("cuda")
    if cuda:
        device = f"cuda:{os.environ['LOCAL_RANK']}"
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if cuda else "gloo", timeout=LONGEST_WAIT)
    try:
        yield device or "cpu"
    finally:
        distributed.destroy_process_group()


def rank() -> int:
    """Number of this process, 0 where it is alone. Process 0 writes files and reports."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def world_size() -> int:
    """How many processes train together."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def share(batch: int) -> range:
    """Which images of a batch are this process's.

    Raises:
        UnfilterError: the batch cannot be shared evenly.
    """
    if batch % world_size():
        raise UnfilterError(f"a batch of {batch} cannot be shared evenly by {world_size()} processes; start another number")
    each = batch // world_size()
    return range(rank() * each, (rank() + 1) * each)


def wait_for_all() -> None:
    """Returns once every process has come here."""
    if distributed.is_initialized():
        distributed.barrier()


def mean(values: torch.Tensor) -> torch.Tensor:
    """Mean over the processes."""
    if distributed.is_initialized():
        distributed.all_reduce(values)
        values = values / world_size()
    return values
