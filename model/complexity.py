"""Model size and complexity of the zoo, from the model objects, beside the paper's figures.

    python -m model.complexity [--json build/cost.json]

Size: elements of the stored weights times their bits, and the biases of the head; KB = 1,024 bytes.
A duplicated weight (D) is stored once. BatchNorm (the thresholds of the hardware) is not counted;
without it the paper's figures are met.

MACs: stored weight elements times output pixels. That is the work after equal weights are folded (D
input channels are summed first, MACs fall by D); every copy of a duplicated input (F) counts, as it
does in the paper's 42.0 %. `macs_fused` counts what is left once the F copies are one kernel of F+1
levels too.

Complexity: 2 * MACs / 32 operations for binary weights and 2-bit activations (two bit-planes, 64
bit-operations to an operation), for conv1 with its 8-bit pixels too, as the paper's 0.1079 GFLOPs
needs; 2 * MACs in full precision. G = 10^9.
"""

import argparse
import sys
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from model import zoo
from model.initialize import synthetic_pictures
from model.layers import BIAS_BITS, BinaryConv2d, HeadConv
from model.network import Network
from outside.answers import Answer, add_json, is_for_programs
from outside.arguments import Parser
from outside.command import run_command

FLOAT_BITS = 32
BINARY_MACS_PER_OPERATION = 32
KB_BITS = 8 * 1024
BASELINE, SMALLEST = "ifq-tinier-yolo", "dupnet-tinier-yolo"


@dataclass(frozen=True)
class LayerFigures:
    """One convolution."""

    name: str
    shape: str  # kernel, input -> output channels
    output_size: tuple[int, int]  # height, width
    D: int
    F: int
    weight_bits: int  # weights and biases
    macs: int  # every copy of a duplicated input counted
    macs_fused: int  # the copies fused into one kernel
    complexity_gflops: float


@dataclass(frozen=True)
class NetworkFigures:
    """Sums over the layers of one network."""

    weight_bits: int
    model_size_kb: float
    macs: int
    macs_fused: int
    complexity_gflops: float
    layers: tuple[LayerFigures, ...]


def _element_bits(conv: nn.Conv2d) -> int:
    """Bits of one stored weight, asked of the layer's own quantizer."""
    return int(conv.weight_quant.bit_width()) if isinstance(conv, BinaryConv2d) else FLOAT_BITS


def _bias_bits(network: Network, conv: nn.Conv2d) -> int:
    head = network.head
    if isinstance(head, HeadConv) and conv is head.conv:
        return int(head.bias.numel()) * BIAS_BITS
    return 0 if conv.bias is None else int(conv.bias.numel()) * FLOAT_BITS


def _layer(network: Network, name: str, conv: nn.Conv2d, size: tuple[int, int]) -> LayerFigures:
    binary = isinstance(conv, BinaryConv2d)
    D = conv.duplicate_weights if binary else 1
    F = conv.duplicate_input if binary else 1
    elements = int(conv.weight.numel())
    macs = elements * size[0] * size[1]
    operations = 2 * macs / (BINARY_MACS_PER_OPERATION if binary else 1)
    kernel = conv.kernel_size[0]
    return LayerFigures(
        name=name,
        shape=f"{kernel}x{kernel}, {conv.weight.shape[1] * D // F} -> {conv.out_channels}",
        output_size=size,
        D=D,
        F=F,
        weight_bits=elements * _element_bits(conv) + _bias_bits(network, conv),
        macs=macs,
        macs_fused=macs // F,
        complexity_gflops=operations / 1e9,
    )


def measure(network: Network, size: int) -> NetworkFigures:
    """Size and complexity of a network on a size x size picture.

    Output sizes are seen in a forward pass.
    """
    convolutions: dict[str, nn.Conv2d] = {
        name: block.conv for name, block in network.blocks.items()
    }
    head = network.head
    convolutions[network.spec.layers[-1].name] = head.conv if isinstance(head, HeadConv) else head
    sizes: dict[str, tuple[int, int]] = {}

    def hook(name: str) -> Any:
        def see(_module: nn.Module, _inputs: Any, output: Tensor) -> None:
            sizes[name] = (int(output.shape[-2]), int(output.shape[-1]))

        return see

    handles = [conv.register_forward_hook(hook(name)) for name, conv in convolutions.items()]
    try:
        with torch.no_grad():
            network.eval()(synthetic_pictures(torch.Generator().manual_seed(0), 1, size))
    finally:
        for handle in handles:
            handle.remove()
    layers = tuple(_layer(network, name, conv, sizes[name]) for name, conv in convolutions.items())
    bits = sum(layer.weight_bits for layer in layers)
    return NetworkFigures(
        weight_bits=bits,
        model_size_kb=bits / KB_BITS,
        macs=sum(layer.macs for layer in layers),
        macs_fused=sum(layer.macs_fused for layer in layers),
        complexity_gflops=sum(layer.complexity_gflops for layer in layers),
        layers=layers,
    )


def measure_all() -> dict[str, NetworkFigures]:
    """Size and complexity of every network of the zoo at its own input size."""
    return {spec.name: measure(Network(spec), spec.input_size) for spec in zoo.NETWORKS}


def ratios(networks: dict[str, NetworkFigures]) -> dict[str, dict[str, float]]:
    """The paper's comparisons, of our figures; named as `zoo.PaperFigures` names them."""
    base, least = networks[BASELINE], networks[SMALLEST]
    return {
        name: {
            "size_reduction": base.model_size_kb / network.model_size_kb,
            "complexity_reduction_percent": 100 * (1 - network.macs / base.macs),
            "size_ratio": network.model_size_kb / least.model_size_kb,
            "complexity_ratio": network.complexity_gflops / least.complexity_gflops,
        }
        for name, network in networks.items()
    }


def as_json(networks: dict[str, NetworkFigures]) -> dict[str, Any]:
    """The JSON file's contents: of each network its figures, its layers and the paper's figures."""
    compared = ratios(networks)
    document: dict[str, Any] = {}
    for name, network in networks.items():
        spec = zoo.find(name)
        against = dict(compared[name])
        if not spec.quantized:  # the paper compares full precision the other way round only
            del against["size_reduction"], against["complexity_reduction_percent"]
        document[name] = {
            "reconstruction": True,
            "note": spec.note,
            "input_size": spec.input_size,
            **asdict(network),
            **against,
            "paper": asdict(spec.paper),
        }
    return document


def _row(label: str, ours: str, paper: float | None, decimals: int) -> str:
    printed = "-" if paper is None else f"{paper:,.{decimals}f}"
    return f"  {label:<44}{ours:>16}{printed:>16}"


def render(networks: dict[str, NetworkFigures]) -> str:
    """The tables as text."""
    compared = ratios(networks)
    lines = [
        "Model size and complexity of the reconstructed networks (a reconstruction from the",
        "published figures; the paper's own factors per layer may differ). KB = 1,024 bytes.",
    ]
    for name, network in networks.items():
        spec, of = zoo.find(name), compared[name]
        lines += ["", f"{name}: {spec.note}; input {spec.input_size} x {spec.input_size}"]
        lines.append(
            f"  {'layer':<7}{'shape':<19}{'output':<11}{'D':>3}{'F':>3}"
            f"{'weight bits':>14}{'KB':>12}{'MACs':>16}{'GFLOPs':>10}"
        )
        for layer in network.layers:
            output = f"{layer.output_size[0]}x{layer.output_size[1]}"
            lines.append(
                f"  {layer.name:<7}{layer.shape:<19}{output:<11}{layer.D:>3}{layer.F:>3}"
                f"{layer.weight_bits:>14,}{layer.weight_bits / KB_BITS:>12,.2f}"
                f"{layer.macs:>16,}{layer.complexity_gflops:>10.5f}"
            )
        lines.append(
            f"  {'total':<43}{network.weight_bits:>14,}{network.model_size_kb:>12,.2f}"
            f"{network.macs:>16,}{network.complexity_gflops:>10.5f}"
        )
        paper = spec.paper
        lines.append(f"  {'':<44}{'ours':>16}{'paper':>16}")
        lines.append(
            _row("model size, KB", f"{network.model_size_kb:,.1f}", paper.model_size_kb, 1)
        )
        flops = f"{network.complexity_gflops:.4f}"
        lines.append(_row("complexity, GFLOPs", flops, paper.complexity_gflops, 4))
        if spec.quantized:
            lines.append(
                _row(
                    f"smaller than {BASELINE}, times",
                    f"{of['size_reduction']:.1f}",
                    paper.size_reduction,
                    1,
                )
            )
            lines.append(
                _row(
                    f"less complex than {BASELINE}, %",
                    f"{of['complexity_reduction_percent']:.1f}",
                    paper.complexity_reduction_percent,
                    1,
                )
            )
            fused = f"{network.macs_fused:,}"
            lines.append(_row("MACs with duplicated inputs fused", fused, None, 0))
        else:
            lines.append(
                _row(f"size, times {SMALLEST}", f"{of['size_ratio']:,.1f}", paper.size_ratio, 1)
            )
            lines.append(
                _row(
                    f"complexity, times {SMALLEST}",
                    f"{of['complexity_ratio']:,.1f}",
                    paper.complexity_ratio,
                    1,
                )
            )
            lines.append("  (neither of these two is met by any reading of the paper network)")
    return "\n".join(lines)


def _run(options: argparse.Namespace) -> Answer:
    networks = measure_all()
    if not is_for_programs(options):
        print(render(networks))
    return Answer(as_json(networks))


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = Parser(
        prog="python -m model.complexity",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_json(parser, file=True)
    return run_command(parser, _run, arguments)


if __name__ == "__main__":
    sys.exit(main())
