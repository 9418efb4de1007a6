"""Where training starts: fresh weights, those of another network, and a teacher.

The curriculum of the field is full precision, then binary weights, then fewer of them: `transfer`
takes over what fits. Weights with duplicates start from the mean of those that become one; of
full-precision weights, which are not within [-1, 1], latent weights take sign and relative size.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from model.checkpoint import load_checkpoint, network_from
from model.errors import ModelError
from model.layers import BinaryConv2d, ConvBlock, HeadConv
from model.network import Network
from model.quantizers import HWGQ_STEP
from model.training.assign import OUTPUTS, shape_iou
from model.training.loss import split_outputs

OBJECTNESS, FACE = 4, 5
PRIOR = 0.01
"""The share of faces among the outputs that an untrained head states (Lin et al., Focal loss)."""


def start_weights(network: Network, seed: int, latent_scale: float) -> None:
    """Fresh weights for training.

    Latent weights are small, so that a few hundred steps of Adam can flip them. BatchNorm's gain
    and shift use the quantizer's levels evenly: half of all activations are 0.
    """
    with torch.no_grad():
        _start(network, torch.Generator().manual_seed(seed), latent_scale)


def _start(network: Network, generator: torch.Generator, latent_scale: float) -> None:
    def uniform(weight: Tensor, bound: float) -> None:
        weight.copy_((torch.rand(weight.shape, generator=generator) * 2 - 1) * bound)

    for block in network.blocks.values():
        _start_conv(block.conv, latent_scale, uniform)
        gain = block.step() / HWGQ_STEP if network.spec.quantized else 1.0
        block.norm.weight.fill_(gain)
        block.norm.bias.fill_(block.step() / 2 if network.spec.quantized else 0.0)
    head = network.head
    _start_conv(head.conv if isinstance(head, HeadConv) else head, latent_scale, uniform)
    head.bias.zero_()
    prior = torch.logit(torch.tensor(PRIOR))
    for output in (OBJECTNESS, FACE):
        head.bias[output::OUTPUTS] = prior


def _start_conv(conv: nn.Module, latent_scale: float, uniform: object) -> None:
    assert callable(uniform) and isinstance(conv, nn.Conv2d)
    binary = isinstance(conv, BinaryConv2d)
    uniform(conv.weight, latent_scale if binary else (6 / conv.weight[0].numel()) ** 0.5)


def load_network(path: Path) -> Network:
    """The network of a checkpoint, or of a run folder's state (its latent weights, averaged)."""
    if not path.is_file():
        raise ModelError(f"{path}: no such file; expected a checkpoint or a state of training")
    if path.suffix != ".pt":
        return network_from(load_checkpoint(path))
    from model.training.state import read_state

    state = read_state(path)
    from model import zoo
    from model.training.state import with_anchors

    network = Network(with_anchors(zoo.find(state["model"]), state["anchors"]))
    network.load_state_dict(state["network"])
    with torch.no_grad():
        values = (state["average"] or {}).get("values", [])
        for target, value in zip(network.parameters(), values, strict=False):
            target.copy_(value)
    return network


def _fold(weight: Tensor, conv: BinaryConv2d, generator: torch.Generator) -> Tensor | None:
    """Weights (O, C, k, k) or (O, F*C, k, k) as the base of a convolution; None if none fits."""
    shape = conv.weight.shape
    if weight.shape == shape:
        return weight.clone()
    copies, repeats = conv.duplicate_input, conv.duplicate_weights
    wanted = (shape[0], shape[1] // copies * repeats, *shape[2:])
    if weight.shape != wanted:
        return None
    base = weight.unflatten(1, (repeats, -1)).mean(1)
    if copies == 1:
        return base
    spread = base.abs().mean() / 2  # copies must differ to learn different weights
    noise = torch.randn((copies, *base.shape), generator=generator) * spread
    return (base + noise).transpose(0, 1).flatten(1, 2)


def transfer(source: Network, target: Network, seed: int, latent_scale: float) -> list[str]:
    """Give the target the weights of the source where they fit; returns the layers that did."""
    with torch.no_grad():
        return _transfer(source, target, torch.Generator().manual_seed(seed), latent_scale)


def _transfer(
    source: Network, target: Network, generator: torch.Generator, latent_scale: float
) -> list[str]:
    taken = []
    for name, block in target.blocks.items():
        other = source.blocks[name]
        if not _take(other.conv, block.conv, generator, latent_scale):
            continue
        taken.append(name)
        same = source.spec.quantizer == target.spec.quantizer
        full = isinstance(block.conv, BinaryConv2d) != isinstance(other.conv, BinaryConv2d)
        if other.norm.weight.shape == block.norm.weight.shape and not full:
            gain = 1.0 if same else _step(block) / _step(other)
            block.norm.weight.copy_(other.norm.weight * gain)
            block.norm.bias.copy_(other.norm.bias * gain)
        if same:
            mine, theirs = list(block.act.parameters()), list(other.act.parameters())
            for one, two in zip(mine, theirs, strict=True):
                one.copy_(two)
    head, other_head = target.head, source.head
    conv = head.conv if isinstance(head, HeadConv) else head
    other_conv = other_head.conv if isinstance(other_head, HeadConv) else other_head
    if _take(other_conv, conv, generator, latent_scale):
        taken.append(target.spec.layers[-1].name)
        same_head = isinstance(head, HeadConv) == isinstance(other_head, HeadConv)
        if same_head:
            head.bias.copy_(other_head.bias)
        _move_anchors(conv.weight, head.bias if same_head else None, source, target)
    return taken


def _move_anchors(weight: Tensor, bias: Tensor | None, source: Network, target: Network) -> None:
    """Outputs of each anchor of the target become those of the source's anchor nearest in shape.

    Boxes stay where they were: t_w and t_h, logarithms of sizes over the anchor's, make up for it.
    """
    old, new = torch.tensor(source.spec.anchors), torch.tensor(target.spec.anchors)
    if torch.equal(old, new):
        return
    nearest = shape_iou(new, old).argmax(-1)
    order = (nearest.reshape(-1, 1) * OUTPUTS + torch.arange(OUTPUTS)).flatten()
    weight.copy_(weight[order])
    if bias is not None:
        bias.copy_(bias[order])
        bias.reshape(-1, OUTPUTS)[:, 2:4] += torch.log(old[nearest] / new)


def _step(block: ConvBlock) -> float:
    return block.step() if isinstance(block.conv, BinaryConv2d) else HWGQ_STEP


def _take(
    source: nn.Conv2d, target: nn.Conv2d, generator: torch.Generator, latent_scale: float
) -> bool:
    """Whether the weights fit; then the target has them."""
    weight = source.weight.detach().cpu()
    if not isinstance(target, BinaryConv2d):
        if weight.shape != target.weight.shape or isinstance(source, BinaryConv2d):
            return False
        target.weight.copy_(weight)
        return True
    if isinstance(source, BinaryConv2d) and weight.shape != target.weight.shape:
        weight = source.tile(weight) if source.duplicate_input == 1 else weight
    base = _fold(weight, target, generator)
    if base is None:
        return False
    if base.abs().max() > 1 or not isinstance(source, BinaryConv2d):
        base = base / base.std().clamp(min=1e-6) * latent_scale / 2
    elif base.abs().min() == 1:  # signs alone, of a checkpoint: let them flip again
        base = base * latent_scale
    target.weight.copy_(base.clamp(-1, 1))
    return True


def distillation_loss(output: Tensor, teacher: Tensor, choices: int) -> Tensor:
    """How far raw outputs are from the teacher's, a scalar.

    Objectness and face: cross-entropy with the teacher's probabilities, weighted by the distance
    (so that the mass of easy background does not count); boxes: squared distance of the raw
    outputs, weighted by the teacher's score. Divided by the sum of the teacher's scores.
    """
    mine, theirs = split_outputs(output, choices), split_outputs(teacher, choices)
    aim = theirs[:, :, OBJECTNESS:].sigmoid()
    score = aim.prod(2)
    scale = 1 / score.sum().clamp(min=len(output))
    logits = mine[:, :, OBJECTNESS:]
    entropy = functional.binary_cross_entropy_with_logits(logits, aim, reduction="none")
    entropy = entropy * (logits.detach().sigmoid() - aim).abs()
    box = functional.smooth_l1_loss(
        mine[:, :, :OBJECTNESS], theirs[:, :, :OBJECTNESS].clamp(-8, 8), reduction="none"
    )
    return (entropy.sum() + (box.sum(2) * score).sum()) * scale
