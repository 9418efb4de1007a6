"""BatchNorm statistics and head biases of the final weights.

The average of binary weights over training is another network than any that was trained, and a
running mean lags behind weights that flip: so the statistics are computed anew, layer by layer, on
pictures of the training set, each layer on the input that it will have in evaluation mode. That
makes them exact for these pictures (no running average, no statistics of single batches).

Behind the head there is no BatchNorm that would take up what its weights' last flips have moved:
`settle` fits the head's biases, 30 numbers, to the same pictures with everything else fixed.
"""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from model.errors import ModelError
from model.network import Network
from model.training.loss import LossConfig, detection_loss

SETTLE_RATE = 0.05
"""Adam's first learning rate in `settle`; it falls to zero linearly."""


def settle(
    network: Network,
    inputs: Sequence[Tensor],
    boxes: Tensor,
    kinds: Tensor,
    loss: LossConfig,
    steps: int,
) -> None:
    """Fit the head's biases, so that the loss of these pictures is least.

    Args:
        network: in evaluation mode.
        inputs: the head's inputs of the pictures, in batches (B, C, H, W): `Network.features`.
        boxes: of all pictures, (N, M, 4) in cells.
        kinds: (N, M).
        loss: what was trained.
        steps: of Adam, a batch each in turn.
    """
    bias = network.head.bias
    anchors = torch.tensor(network.spec.anchors, device=bias.device)
    sizes = [len(x) for x in inputs]
    parts = list(zip(boxes.split(sizes), kinds.split(sizes), strict=True))
    shape = (1, -1, 1, 1)
    with torch.no_grad():
        without = [network.head(x) - bias.reshape(shape) for x in inputs]
    fitted = bias.detach().clone().requires_grad_(True)
    optimizer = torch.optim.Adam([fitted], lr=SETTLE_RATE)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = SETTLE_RATE * (1 - step / steps)
        index = step % len(inputs)
        found = detection_loss(without[index] + fitted.reshape(shape), *parts[index], anchors, loss)
        optimizer.zero_grad()
        found.total.backward()
        optimizer.step()
    with torch.no_grad():
        bias.copy_(fitted)


def recalibrate(network: Network, batches: Iterable[Tensor]) -> list[Tensor]:
    """Give every BatchNorm the statistics of these inputs (batches of pixel/256).

    Returns the inputs that the head has for them.

    The network is in evaluation mode afterwards. It keeps the activations of a layer for all
    batches: 4 MB a picture of 512 x 512.
    """
    with torch.no_grad():
        return _recalibrate(network, list(batches))


def _recalibrate(network: Network, inputs: list[Tensor]) -> list[Tensor]:
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
