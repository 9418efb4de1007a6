"""BatchNorm statistics of the final weights.

The average of binary weights over training is another network than any that was trained, and a
running mean lags behind weights that flip: so the statistics are computed anew, layer by layer, on
pictures of the training set, each layer on the input that it will have in evaluation mode. That
makes them exact for these pictures (no running average, no statistics of single batches).
"""

from collections.abc import Iterable

import torch
from torch import Tensor

from model.errors import ModelError
from model.network import Network


def measure_statistics(network: Network, batches: Iterable[Tensor]) -> list[Tensor]:
    """Give every BatchNorm the statistics of these inputs (batches of pixel/256).

    Returns the inputs that the head has for them.

    The network is in evaluation mode afterwards. It keeps the activations of a layer for all
    batches: 4 MB a picture of 512 x 512.
    """
    with torch.no_grad():
        return _measure(network, list(batches))


def _measure(network: Network, inputs: list[Tensor]) -> list[Tensor]:
    network.eval()
    if not inputs:
        raise ModelError("no pictures to compute BatchNorm's statistics from")
    if network.input_quant is not None:
        inputs = [network.input_quant(x) for x in inputs]
    for name, block in network.blocks.items():
        counts, means, variances = [], [], []
        for x in inputs:
            y = block.conv(x)
            variance, mean = torch.var_mean(y, dim=(0, 2, 3), correction=0)
            counts.append(float(y.numel() // y.shape[1]))
            means.append(mean.double())
            variances.append(variance.double())
        weight = torch.tensor(counts, dtype=torch.float64, device=means[0].device)
        weight = (weight / weight.sum()).reshape(-1, 1)
        each = torch.stack(means)
        mean = (weight * each).sum(0)
        variance = (weight * (torch.stack(variances) + (each - mean).square())).sum(0)
        if not torch.isfinite(mean).all() or not torch.isfinite(variance).all():
            raise ModelError(f"{name}: statistics that are not finite; the weights are unusable")
        block.norm.running_mean.copy_(mean)
        block.norm.running_var.copy_(variance)
        inputs = [block(x) for x in inputs]
    return inputs
