"""Several processes, started by torchrun, that learn together (DistributedDataParallel)."""

import os

import torch
from torch import distributed, nn


class Ranks:
    """The processes of a run; alone unless torchrun's variables say otherwise."""

    def __init__(self) -> None:
        self.world = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = int(os.environ.get("RANK", "0"))
        self.local = int(os.environ.get("LOCAL_RANK", "0"))

    @property
    def first(self) -> bool:
        """Whether this process writes files and speaks."""
        return self.rank == 0

    def start(self, device: torch.device) -> None:
        """Meet the others."""
        if self.world > 1:
            distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")

    def stop(self) -> None:
        if self.world > 1 and distributed.is_initialized():
            distributed.destroy_process_group()

    def wrap(self, module: nn.Module, device: torch.device) -> nn.Module:
        """The module with gradients averaged over all processes."""
        if self.world == 1:
            return module
        ids = [device.index] if device.type == "cuda" else None
        wrapped: nn.Module = nn.parallel.DistributedDataParallel(module, device_ids=ids)
        return wrapped

    def agree(self, value: float, device: torch.device) -> float:
        """The first process' value, for all."""
        if self.world == 1:
            return value
        shared = torch.tensor(value, dtype=torch.float64, device=device)
        distributed.broadcast(shared, 0)
        return float(shared)

    def agree_int(self, value: int, device: torch.device) -> int:
        """The first process' number, for all."""
        return round(self.agree(float(value), device))

    def agree_sum(self, value: float, device: torch.device) -> float:
        """The sum over all processes."""
        if self.world == 1:
            return value
        shared = torch.tensor(value, dtype=torch.float64, device=device)
        distributed.all_reduce(shared)
        return float(shared)
