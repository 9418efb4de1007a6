"""The machine that a comparison ran on, without names of hosts."""

import platform
from pathlib import Path

import torch

CPU_FACTS = Path("/proc/cpuinfo")


def cpu_name() -> str:
    """The model of the CPU as Linux states it; its architecture where it does not."""
    try:
        for line in CPU_FACTS.read_text(encoding="utf-8", errors="replace").splitlines():
            key, colon, value = line.partition(":")
            if colon and key.strip() == "model name":
                return value.strip()
    except OSError:
        pass
    return platform.machine()


def machine(device: torch.device) -> str:
    """Name of the GPU, or of the CPU with the number of threads that torch uses."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    threads = torch.get_num_threads()
    return f"{cpu_name()}, {threads} thread{'' if threads == 1 else 's'}"
