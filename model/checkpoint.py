"""The checkpoint that ships: one small .npz file that loads without pickle.

A NumPy archive (read with allow_pickle=False) of

* `format`: the number 1, and `metadata`: JSON as bytes, of which `network` and `anchors` build the
  network; `threshold` is the least score of a box from which on it detects, if it is named, else
  the one of `metrics` (0.1 false positives an image on held-out pictures, rounded down to three
  digits); the rest (training configuration, commit, metrics) is for the reader;
* of each binary layer `<name>.signs`: the signs of its base weights, a bit each (np.packbits of
  weight >= 0, in the order of the tensor O x F*C/D x k x k); of a full-precision layer
  `<name>.weight`, float32;
* of each layer conv1 to conv8 `<name>.gamma`, `.beta`, `.mean`, `.var`: BatchNorm, float32; with
  PACT `<name>.alpha`, float32;
* of the head `<name>.bias_codes`, int16 in units of 2^-11, or `<name>.bias`, float32.

A network loaded from it computes, bit for bit, what the saved one computes in evaluation mode: of
latent weights the forward pass uses the sign alone. (To train on, use the state of a run folder.)
"""

import dataclasses
import hashlib
import io
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from model import zoo
from model.detection.decode import least_score
from model.errors import ModelError
from model.files import write_atomic
from model.layers import BIAS_BITS, BIAS_FRACTION_BITS, ConvBlock, HeadConv
from model.network import Network
from outside.arrays import read_npz
from outside.documents import Malformed, parse_json
from outside.files import Unreadable, read_bytes
from outside.schema import fit

FORMAT = 1
MAX_BYTES = 2**29
EXPECTED = "expected a checkpoint that model.checkpoint wrote"
NORM = {"gamma": "weight", "beta": "bias", "mean": "running_mean", "var": "running_var"}

Array = NDArray[Any]


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint in memory; complete and of its network's shapes."""

    path: Path
    network: str  # its name in the zoo
    anchors: tuple[tuple[float, float], ...]
    arrays: dict[str, Array]
    metadata: dict[str, Any]
    digest: str  # SHA-256 of the file, hexadecimal
    threshold: float | None  # least score of a box, 0 to 1; None where nothing says one


def _spec(name: str, anchors: tuple[tuple[float, float], ...]) -> zoo.NetworkSpec:
    return dataclasses.replace(zoo.find(name), anchors=anchors)


def _array(tensor: torch.Tensor) -> Array:
    array: Array = tensor.detach().cpu().to(torch.float32).numpy()
    return array


def _arrays(network: Network) -> dict[str, Array]:
    """The arrays of a network, as they are stored."""
    found: dict[str, Array] = {}
    *body, last = network.spec.layers
    quantized = network.spec.quantized
    for layer in body:
        block = network.blocks[layer.name]
        found |= _weights(layer.name, block.conv.weight, quantized)
        for key, attribute in NORM.items():
            found[f"{layer.name}.{key}"] = _array(getattr(block.norm, attribute))
        alpha = _alpha(block)
        if alpha is not None:
            found[f"{layer.name}.alpha"] = _array(alpha)
    head = network.head
    if isinstance(head, HeadConv):
        found |= _weights(last.name, head.conv.weight, True)
        found[f"{last.name}.bias_codes"] = _array(head.bias_codes()).astype(np.int16)
    else:
        found |= _weights(last.name, head.weight, False)
        found[f"{last.name}.bias"] = _array(head.bias)
    return found


def _weights(name: str, weight: torch.Tensor, binary: bool) -> dict[str, Array]:
    if not torch.isfinite(weight).all():
        raise ModelError(f"{name}: weights that are not finite; expected a trained network")
    if binary:
        return {f"{name}.signs": np.packbits(_array(weight).reshape(-1) >= 0)}
    return {f"{name}.weight": _array(weight)}


def _alpha(block: ConvBlock) -> torch.Tensor | None:
    """PACT's learned level, where there is one."""
    learned = list(block.act.parameters())
    return learned[0] if learned else None


def to_bytes(network: Network, metadata: dict[str, Any]) -> bytes:
    """The file's content; the same network and metadata give the same bytes."""
    arrays = _arrays(network)
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ModelError(f"{name}: values that are not finite; expected a trained network")
    described = {
        **metadata,
        "network": network.spec.name,
        "anchors": [list(anchor) for anchor in network.spec.anchors],
    }
    text = json.dumps(described, sort_keys=True, indent=1).encode()
    content = io.BytesIO()
    packed: dict[str, Any] = {
        "format": np.int64(FORMAT),
        "metadata": np.frombuffer(text, dtype=np.uint8),
        **arrays,
    }
    np.savez_compressed(content, allow_pickle=False, **packed)
    return content.getvalue()


def save_checkpoint(path: Path, network: Network, metadata: dict[str, Any]) -> None:
    """Write the network and what is known of it, complete or not at all."""
    write_atomic(path, to_bytes(network, metadata))


def load_checkpoint(path: Path, network: str | None = None) -> Checkpoint:
    """Read a checkpoint; `network` is the name that is wanted, if any."""
    path = Path(path)
    try:
        content = read_bytes(path, MAX_BYTES)
    except Unreadable as error:
        raise ModelError(f"{path}: cannot be read ({error}); {EXPECTED}") from None
    try:
        arrays = read_npz(content, MAX_BYTES)
    except Malformed as error:
        raise ModelError(f"{path}: truncated or not a checkpoint ({error}); {EXPECTED}") from None
    version = arrays.pop("format", None)
    if version is None or version.shape or version.dtype.kind != "i" or "metadata" not in arrays:
        raise ModelError(f"{path}: a NumPy archive of something else; {EXPECTED}")
    if int(version) != FORMAT:
        raise ModelError(f"{path}: checkpoint of format {int(version)}; expected format {FORMAT}")
    metadata = _metadata(path, arrays.pop("metadata"))
    anchors = _anchors(path, metadata)
    name = metadata["network"]
    if network is not None and name != network:
        raise ModelError(f"{path}: checkpoint of {name}; expected one of {network}")
    checkpoint = Checkpoint(
        path,
        name,
        anchors,
        arrays,
        metadata,
        hashlib.sha256(content).hexdigest(),
        _threshold(path, metadata),
    )
    _check(checkpoint)
    return checkpoint


def _metadata(path: Path, array: Array) -> dict[str, Any]:
    try:
        metadata = fit(parse_json(array.tobytes().decode(), finite=False), dict[str, Any])
    except ValueError:
        metadata = {}
    if metadata.get("network") not in zoo.names():
        raise ModelError(
            f"{path}: names no network of the zoo; expected one of {', '.join(zoo.names())}"
        )
    return metadata


def _anchors(path: Path, metadata: dict[str, Any]) -> tuple[tuple[float, float], ...]:
    count = len(zoo.ANCHORS)
    try:
        anchors = fit(metadata.get("anchors"), tuple[tuple[float, float], ...])
    except Malformed:
        anchors = ()
    if len(anchors) != count or not all(0 < side < float("inf") for a in anchors for side in a):
        raise ModelError(f"{path}: unreadable anchors; expected {count} pairs of positive numbers")
    return anchors


def _threshold(path: Path, metadata: dict[str, Any]) -> float | None:
    """The least score of a box that the metadata says."""
    measured = metadata.get("metrics")
    said = metadata.get("threshold")
    if said is None and isinstance(measured, dict) and measured.get("threshold") is not None:
        value = least_score(measured["threshold"], f"{path}: metrics.threshold")
        return math.floor(value * 1000) / 1000
    return None if said is None else least_score(said, f"{path}: threshold")


def _expected(spec: zoo.NetworkSpec) -> dict[str, tuple[tuple[int, ...], str]]:
    """Shape and NumPy kind of every array of a network's checkpoint."""
    expected: dict[str, tuple[tuple[int, ...], str]] = {}
    *body, last = spec.layers
    for layer in spec.layers:
        shape = _weight_shape(layer)
        if spec.quantized:
            expected[f"{layer.name}.signs"] = ((-(-int(np.prod(shape)) // 8),), "uint8")
        else:
            expected[f"{layer.name}.weight"] = (shape, "float32")
    for layer in body:
        for key in NORM:
            expected[f"{layer.name}.{key}"] = ((layer.out_channels,), "float32")
        if spec.quantizer == "pact":
            expected[f"{layer.name}.alpha"] = ((), "float32")
    bias = ("bias_codes", f"int{BIAS_BITS}") if spec.quantized else ("bias", "float32")
    expected[f"{last.name}.{bias[0]}"] = ((last.out_channels,), bias[1])
    return expected


def _weight_shape(layer: zoo.LayerSpec) -> tuple[int, int, int, int]:
    channels = layer.in_channels * layer.duplicate_input // layer.duplicate_weights
    return layer.out_channels, channels, layer.kernel, layer.kernel


def _check(checkpoint: Checkpoint) -> None:
    """Refuse arrays that are missing, foreign, of other shapes or not finite."""
    path, arrays = checkpoint.path, checkpoint.arrays
    expected = _expected(_spec(checkpoint.network, checkpoint.anchors))
    for name in sorted(expected.keys() ^ arrays.keys()):
        what = "lacks" if name in expected else "has a foreign"
        raise ModelError(f"{path}: {what} {name!r}; expected the arrays of {checkpoint.network}")
    for name, (shape, kind) in expected.items():
        array = arrays[name]
        if array.shape != shape or array.dtype != np.dtype(kind):
            raise ModelError(
                f"{path}: {name!r} is {array.dtype} of shape {array.shape}; expected {kind} of "
                f"shape {shape}, as {checkpoint.network} has"
            )
        if not np.isfinite(array).all():
            raise ModelError(f"{path}: {name!r} has values that are not finite; {EXPECTED}")


def network_from(checkpoint: Checkpoint) -> Network:
    """The network of a checkpoint, in evaluation mode; binary weights become -1 and +1."""
    network = Network(_spec(checkpoint.network, checkpoint.anchors))
    arrays = checkpoint.arrays
    *body, last = network.spec.layers

    def weights(layer: zoo.LayerSpec) -> torch.Tensor:
        if not network.spec.quantized:
            return torch.from_numpy(arrays[f"{layer.name}.weight"].copy())
        shape = _weight_shape(layer)
        bits = np.unpackbits(arrays[f"{layer.name}.signs"], count=int(np.prod(shape)))
        return torch.from_numpy(bits.astype(np.float32) * 2 - 1).reshape(shape)

    with torch.no_grad():
        for layer in body:
            block = network.blocks[layer.name]
            block.conv.weight.copy_(weights(layer))
            for key, attribute in NORM.items():
                array = torch.from_numpy(arrays[f"{layer.name}.{key}"].copy())
                getattr(block.norm, attribute).copy_(array)
            alpha = _alpha(block)
            if alpha is not None:
                alpha.copy_(torch.from_numpy(arrays[f"{layer.name}.alpha"].copy()))
        head = network.head
        if isinstance(head, HeadConv):
            head.conv.weight.copy_(weights(last))
            codes = arrays[f"{last.name}.bias_codes"].astype(np.float32)
            head.bias.copy_(torch.from_numpy(codes) * 2.0**-BIAS_FRACTION_BITS)
        else:
            head.weight.copy_(weights(last))
            head.bias.copy_(torch.from_numpy(arrays[f"{last.name}.bias"].copy()))
    network.eval()
    return network
