"""Step verify_import: the streamlined integers against the imported file, in real values.

The file runs as it stands on seeded frames: on a small picture where the network allows it, else
on its own size. What differs ends the build with the first node whose boundary differs.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.step import Step
from flows.errors import FlowError
from flows.files import write_npy
from flows.graph.correspondence import Counterpart, read_counterparts
from flows.graph.host_tail import NODES, host_nodes, reasons_of
from flows.graph.index_limits import index_limits
from flows.graph.inputs import FIRST, file_names, suffix
from flows.graph.integer_graph import EMBEDDING, REQUANT, IntGraph, from_onnx
from flows.reference.comparison import ImportComparison, Mismatch
from flows.reference.execution import ImportedModel, load_imported
from flows.reference.frames import frames
from flows.reference.giving import giver, steps_of
from flows.reference.known import file_inputs, input_scale
from flows.reference.quantized_operators import QuantizedOperators
from flows.reference.ranges import Range
from flows.reference.steps import StepMismatch, Steps
from flows.reference.tables import first_wrong_row
from flows.reference.tail_check import TailCheck
from flows.run.host_tail import HostTail
from flows.run.inputs import by_input, together

Found = Mismatch | StepMismatch | None
#: Height and width of each input.
Sizes = dict[str, tuple[int, int]]

#: Rows and columns of pixels that the smallest tensor of a small picture has, and what is added to
#: the picture so that windows are left over at its border.
ROWS, COLUMNS, REST = 5, 6, (3, 5)
#: Pictures of no more pixels are taken whole.
SMALL = 128 * 128
#: Pixels that run at once.
CHUNK = 400_000
SEED = 15
#: What ``Layout.verdict`` calls this step's output.
_INTEGERS = "import_0"
#: Frames with random levels behind each quantizer; number of the first one's picture.
LEVEL_FRAMES, NOISE = 2, 2
#: Pictures on which a file's operators on quantized integers are looked at.
OPERATOR_FRAMES = 3


def verify_import(
    model: ModelWrapper, build: Build, counterparts: list[Counterpart]
) -> dict[str, Any]:
    """Compare; returns what report/verify_import.json says.

    Writes it, and verification_output/verify_import_0_SUCCESS.npy or ..._FAIL.npy with the
    integers' output in real values (N, C, H, W); those of a second output are ..._SUCCESS_1.npy.
    Raises FlowError with node, tensor, frame, channel, pixel and both values where a boundary
    differs, and where the file cannot run.
    """
    began = time.monotonic()
    graph, imported = from_onnx(model), load_imported(build.config.model)
    remove_verdict(build)
    _check_sizes(graph)
    errors = []
    tail = _host_tail(build, graph)
    levels = _quantized_operators(build.config.model, imported, graph)
    rows = 0
    for sizes, chunk in _attempts(graph, alone=tail is not None):
        check = ImportComparison(imported, graph, counterparts)
        pictures = _pictures(graph, sizes)
        try:
            found = _compare(check, pictures, chunk)
            if found is None:
                found, rows = first_wrong_row(check)
            if tail is not None and found is None:
                _compare_tail(check, tail)
        except FlowError as error:
            errors.append(error)  # a network of this size alone, or of one frame at a time
            continue
        steps = check.steps()
        step = steps.first_mismatch(check.quantizers)
        first = min((m for m in (found, step) if m), key=lambda m: m.position, default=None)
        result = _result(check, steps, graph, sizes, first)
        result["table_rows"] = rows
        result["quantized_operators"] = levels
        result["seconds"] = round(time.monotonic() - began, 2)
        _write(build, result, check, first)
        return result
    raise errors[-1]


def _quantized_operators(path: Path, imported: ImportedModel, graph: IntGraph) -> int:
    """Levels of the file's operators on quantized integers that were compared, one by one.

    On pictures of the full size, one at a time: the file may know of no other.
    """
    check = QuantizedOperators(path, imported)
    if not check.nodes:
        return 0
    pictures = _pictures(graph, {name: shape[1:] for name, shape in graph.inputs.items()})
    count = 0
    for frame in range(NOISE, NOISE + OPERATOR_FRAMES):
        given = by_input(graph, pictures[frame : frame + 1])
        integers = {n: a.transpose(0, 3, 1, 2).astype(np.float64) for n, a in given.items()}
        count += check.compare(file_inputs(imported, graph, integers))
    return count


def _check_sizes(graph: IntGraph) -> None:
    """FlowError for a window that does not fit: no execution could say it as plainly."""
    for node in graph.nodes:
        if min(node.shape) < 1:
            _, height, width = graph.shape(node.inputs[0])
            kernel = " x ".join(str(k) for k in node.attrs.get("kernel_shape", ()))
            if gaps := node.attrs.get("dilations"):
                kernel += f" dilated by {gaps[0]} x {gaps[1]}"
            raise FlowError(
                f"node {node.origin or node.name}: kernel {kernel} is larger than the input "
                f"{height} x {width}"
            )


def remove_verdict(build: Build) -> None:
    """Remove what an earlier run of this step said."""
    build.results.remove(ResultName.VERIFY_IMPORT)
    build.results.remove_verdicts(_INTEGERS)


def _host_tail(build: Build, graph: IntGraph) -> HostTail | None:
    """The nodes of the host; None where there are none but a scale and a bias."""
    return HostTail.load(build.paths.host_tail) if NODES in graph.metadata else None


def _compare_tail(check: ImportComparison, tail: HostTail) -> None:
    """Compare what the host makes of each frame."""
    behind = TailCheck(check.model, tail, check.ends, check.tensors)
    for piece in range(len(check.found[check.ends[0]])):  # of one frame each
        integers = {name: pieces[piece] for name, pieces in check.integers.items()}
        behind.compare(integers, {name: pieces[piece] for name, pieces in check.found.items()})


def _pictures(graph: IntGraph, sizes: Sizes) -> Any:
    """Frames of each input; those of further inputs in another order, so that no two go alike."""
    found = {}
    for index, (name, size) in enumerate(sizes.items()):
        made = frames((*size, graph.inputs[name][0]), SEED + index, graph.type_of(name))
        order = np.arange(len(made))
        if index:
            order = np.random.default_rng(index).permutation(len(made))
        if any(node.op == EMBEDDING for node in graph.nodes):
            limits = index_limits(graph, name).transpose(1, 2, 0)
            if limits.shape[:2] != size:
                limits = limits.min(axis=(0, 1))
            made = np.minimum(made, limits.astype(made.dtype))
        found[name] = made[order]
    return together(found)


def _attempts(graph: IntGraph, alone: bool) -> Iterator[tuple[Sizes, int]]:
    """(height and width of each input, frames at once): a small picture, the whole one, one frame.

    The small one leaves rows and columns over at every window. Where pixels are repeated and joined
    with others of before (U-Net), it has to leave none: that is tried second.
    alone: one frame at a time always, for nodes that may not know of several. Where
    something is made of all pixels at once, a small picture would be another network; inputs are
    made smaller together only where they are of one size.
    """
    full_sizes: Sizes = {name: shape[1:] for name, shape in graph.inputs.items()}
    size, pixels = next(iter(full_sizes.values())), sum(h * w for h, w in full_sizes.values())
    whole = 1 if alone else max(1, CHUNK // pixels)
    same = len(set(full_sizes.values())) == 1
    if size[0] * size[1] > SMALL and same and graph.nodes and not _is_of_one_size(graph):
        least = [min(node.shape[axis] for node in graph.nodes) for axis in (1, 2)]
        even = any(node.op == "Upsample" for node in graph.nodes)
        for left_over in (REST, (0, 0)) if even else (REST,):
            rows, columns = (
                -(-full // small) * count + rest
                for full, small, count, rest in zip(
                    size, least, (ROWS, COLUMNS), left_over, strict=True
                )
            )
            if rows < size[0] and columns < size[1]:
                small = max(1, CHUNK // (rows * columns * len(full_sizes)))
                yield dict.fromkeys(full_sizes, (rows, columns)), 1 if alone else small
    if whole > 1:
        yield full_sizes, whole
    yield full_sizes, 1


def _is_of_one_size(graph: IntGraph) -> bool:
    """Whether some pool's window is as large as its input, or a frame's numbers are moved."""
    for node in graph.nodes:
        if node.op in ("Shuffle", "Places", "PlaceSum", "PlaceProduct"):
            return True
        if node.op in ("MaxPool", "SumPool"):
            size = graph.shape(node.inputs[0])[1:]
            kernel = node.attrs["kernel_shape"]
            if any(k == full > 1 for k, full in zip(kernel, size, strict=True)):
                return True
    return False


def _compare(check: ImportComparison, pictures: Any, chunk: int) -> Mismatch | None:
    for first in range(0, len(pictures), chunk):
        found = check.add(pictures[first : first + chunk], first)
        if found is not None:
            return found
    # noise in front, random levels behind every quantizer
    noise = pictures[NOISE : NOISE + min(LEVEL_FRAMES, chunk)]
    return check.add_levels(noise, len(pictures), SEED)


def _result(
    check: ImportComparison,
    steps: Steps,
    graph: IntGraph,
    sizes: Sizes,
    found: Found,
) -> dict[str, Any]:
    levels = {}
    shapes = [[*size, graph.inputs[name][0]] for name, size in sizes.items()]
    more = {} if len(shapes) == 1 else {"inputs": _inputs(graph, shapes)}
    for node in check.quantizers:
        name = node.name or node.output[0]
        possible = _possible(graph, steps.ranges, check.known[node.output[0]].integers)
        levels[name] = {
            "reached": len(check.reached.get(name, ())),
            "possible": possible,
            "thresholds": steps.compared.get(name, 0),
        }
    return {
        "frames": sum(map(len, check.outputs.get(check.ends[0], []))),
        "frame_shape": shapes[0],
        "full_size": all(size == graph.inputs[name][1:] for name, size in sizes.items()),
        "input_scale": input_scale(graph, FIRST),
        "input_scale_source": graph.metadata.get("input_scale_source", ""),
        **more,
        "mismatches": found.count if found else 0,
        "difference": str(found) if found else "",
        "boundaries": check.compared,
        "levels": levels,
        "decided_in_float64": check.decided + steps.decided,
        "host_tail": host_nodes(graph.metadata),
        "host_tail_reasons": reasons_of(graph.metadata),
    }


def _inputs(graph: IntGraph, shapes: list[list[int]]) -> dict[str, Any]:
    """Shape, scale and its source of each of several inputs, by the file's names."""
    names = file_names(graph.metadata)
    return {
        names[name]: {
            "frame_shape": shape,
            "input_scale": input_scale(graph, name),
            "input_scale_source": graph.metadata.get(f"input_scale_source{suffix(name)}", ""),
        }
        for name, shape in zip(graph.inputs, shapes, strict=True)
    }


def _possible(graph: IntGraph, ranges: dict[str, Range], name: str) -> int:
    """Pairs (channel, level) that a tensor's integers can be, by its thresholds and ranges."""
    node = giver(graph, name)
    low, high = ranges[name if node is None else node.inputs[0]]
    if node is None:
        return int((high - low + 1).sum())
    if node.op == REQUANT:
        first, last = ranges[node.name]
        return int(np.minimum(last - first, high - low).sum()) + len(low)
    rows = zip(steps_of(node).T, low, high, strict=True)
    return sum(1 + len({int(t) for t in row if lo < t <= hi}) for row, lo, hi in rows)


def _write(build: Build, result: dict[str, Any], check: ImportComparison, found: Found) -> None:
    for index, pieces in enumerate(check.outputs.values()):
        path = build.paths.verdict(_INTEGERS, not found, str(index) if index else "")
        write_npy(path, np.concatenate(pieces))
    build.results.write(ResultName.VERIFY_IMPORT, result)
    name = build.config.model.name
    if found:
        raise FlowError(f"the integers are not those of {name}: {found}")
    rows = f", {result['table_rows']:,} rows of tables" if result["table_rows"] else ""
    tail = f"; on the host {', '.join(result['host_tail'])}" if result["host_tail"] else ""
    given = result.get("inputs", {"": result})
    sizes = [f"{each['frame_shape'][0]} x {each['frame_shape'][1]}" for each in given.values()]
    scales = [
        f"input_scale{' of ' * bool(name)}{name} {each['input_scale']!r} "
        f"({each['input_scale_source']})"
        for name, each in given.items()
    ]
    print(
        f"verify_import: {result['frames']} frames of {' and '.join(sizes)}, "
        f"{len(check.compared)} boundaries and "
        f"{sum(entry['thresholds'] for entry in result['levels'].values()):,} thresholds"
        f"{rows} as in {name}, {', '.join(scales)}{tail}"
    )


def _run(model: ModelWrapper, build: Build) -> ModelWrapper:
    if build.config.verify_import:
        verify_import(model, build, read_counterparts(build.paths.counterparts))
    else:
        remove_verdict(build)
        print("verify_import: turned off by the configuration")
    return model


STEP = Step(StepName.VERIFY_IMPORT, _run)
