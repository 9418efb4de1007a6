"""``emulate``: the folded integer graph on frames, checked at every boundary.

The reference is our own integer graph before duplicated inputs were fused and duplicated weights
folded, executed on the same frames; and, on demand, the Brevitas model it came from (float64). With
the imported file that graph is compared by the build (``flows/build/steps/verify_import.py``).
"""

from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from flows.build.build import Build
from flows.build.import_check import read_import_check
from flows.build.names import ResultName, StepName
from flows.errors import FlowError
from flows.files import write_npy
from flows.graph.fold_duplicated_weights import FoldDuplicatedWeights, channel_orders
from flows.graph.fuse_duplicated_inputs import FuseDuplicatedInputs
from flows.graph.inputs import suffix
from flows.graph.integer_graph import from_onnx
from flows.run.compare import Difference, compare_boundaries
from flows.run.emulator import Emulator
from flows.run.outputs import only, write_integers

#: What ``Layout.verdict`` calls the emulator's integers, as FINN does.
_INTEGERS = "emulation_0"


def original_order(emulator: Emulator, boundaries: dict[str, Any]) -> dict[str, Any]:
    """Boundaries (…, C) with the channels that the folding permuted put back."""
    result = dict(boundaries)
    for name, order in channel_orders(emulator.graph).items():
        restored = np.empty_like(boundaries[name])
        restored[..., order] = boundaries[name]
        result[name] = restored
    return result


def emulate(
    build: Build, frames: Any, boundaries_dir: Path | None = None, brevitas: Any = None
) -> Any:
    """Integers (N, H', W', C') of frames (N, H, W, C); of several outputs a dict, by name.

    Frames of several inputs: ``flows.run.inputs``.

    brevitas: function from one frame to its boundaries by name (see ``brevitas_check``), or
    None. Raises FlowError with layer, pixel and channel at the first integer that differs.
    """
    reference = Emulator(build.model(StepName.STREAMLINE))
    folded = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    before = {node.name for node in reference.graph.nodes}
    common = [node.name for node in folded.graph.nodes if node.name in before]
    outputs: dict[str, list[Any]] = {name: [] for name in folded.graph.outputs}
    compared: set[str] = set()
    build.results.remove(ResultName.EMULATION)
    build.results.remove_verdicts(_INTEGERS)
    for index, frame in enumerate(tqdm(frames, desc="emulate", unit="frame", disable=None)):
        raw = folded.boundaries(frame)
        for name, arrays in outputs.items():
            arrays.append(raw[name])
        found = {name: array[0] for name, array in original_order(folded, raw).items()}
        expected = {name: array[0] for name, array in reference.boundaries(frame).items()}
        same = {name: found[name] for name in common}
        _refuse(build, "emulator", compare_boundaries(index, expected, same))
        compared |= set(same)
        if brevitas is not None:
            model = brevitas(frame)
            mapped = _layer_names(found, model)
            _refuse(build, "Brevitas model", compare_boundaries(index, model, mapped))
            compared |= {f"brevitas:{name}" for name in mapped}
        if boundaries_dir is not None:
            for name, array in raw.items():
                write_npy(boundaries_dir / f"{index}" / f"{name}.npy", array)
    _check_folded(build, folded)
    integers = {name: np.concatenate(arrays) for name, arrays in outputs.items()}
    write_integers(build, _INTEGERS, integers, passed=True)
    result = {
        "frames": len(frames),
        "mismatches": 0,
        "boundaries": sorted(compared),
        "against": ["integer graph before folding", *(["Brevitas model"] if brevitas else [])],
    }
    build.results.write(ResultName.EMULATION, result)
    scales = [
        str(reference.graph.metadata.get(f"input_scale{suffix(name)}"))
        for name in reference.graph.inputs
    ]
    print(
        f"emulator: {len(frames)} frames, {len(compared)} boundaries, all integers equal to those "
        f"of {_references(build, brevitas is not None)}; "
        f"input_scale {', '.join(scales)}"
    )
    return only(integers)


def _references(build: Build, brevitas: bool) -> str:
    """The reference that the integers were compared with, and what is known of it."""
    check, why = read_import_check(build)
    if check is None:
        known = f"not compared with {build.config.model.name}: {why}"
    else:
        known = f"compared with {build.config.model.name} by the build's step verify_import"
    model = " and of the Brevitas model" if brevitas else ""
    return f"the streamlined graph before folding ({known}){model}"


def _check_folded(build: Build, folded: Emulator) -> None:
    """FlowError where the kept graph is not what those steps make: frames may not have shown it."""
    path = build.paths.model(StepName.FOLD_DUPLICATED_WEIGHTS)
    model = build.model(StepName.STREAMLINE)
    fresh = from_onnx(model.transform(FuseDuplicatedInputs()).transform(FoldDuplicatedWeights()))
    kept = {node.name: node for node in folded.graph.nodes}
    for node in fresh.nodes:
        other = kept.get(node.name)
        for key, value in node.params.items():
            if other is None or not np.array_equal(other.params.get(key, np.zeros(0)), value):
                raise FlowError(
                    f"{path}: the {key} of {node.name} "
                    "are not what becomes of streamline.onnx; these frames did not show it"
                )


def _layer_names(found: dict[str, Any], model: dict[str, Any]) -> dict[str, Any]:
    """Boundaries under the model's names: convN is the integers behind layer N's quantizer."""
    result = {}
    for name in model:
        quantized = name.replace("conv", "act", 1)
        key = quantized if quantized in found else name
        if key not in found:
            raise FlowError(f"the model's boundary {name} is not in the integer graph")
        result[name] = found[key]
    return result


def _refuse(build: Build, what: str, differences: list[Difference]) -> None:
    if differences:
        data = {
            "frames": differences[0].frame + 1,
            "mismatches": sum(difference.count for difference in differences),
            "differences": [str(difference) for difference in differences],
            "boundaries": sorted({difference.boundary for difference in differences}),
            "against": [what],
        }
        build.results.write(ResultName.EMULATION, data)
        raise FlowError(f"{what} differs at {differences[0]}")
