"""A build as a Python object: emulated, simulated, compared with the network's file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from dupnet.profile import AGAINST, Profile, profile
from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.files import write_model, write_text
from flows.graph.decodings import decodings_of
from flows.graph.integer_graph import from_onnx
from flows.run.inputs import frames_of
from flows.run.outputs import by_name, only

#: Of a module's input, or of each of its inputs.
Shapes = tuple[int, ...] | Sequence[tuple[int, ...]]
#: Where builds go that name no folder.
FOLDER = Path("build")


class Accelerator:
    """A finished build. ``build`` is what the commands of ``flows`` work on.

    Frames x are what the accelerator takes: integers (N, H, W, C), or one frame (H, W, C); of
    several inputs a dict of such, by the inputs' names in the network's file.
    Integers y are what it returns, (N, H', W', C') int64; of several outputs a dict, by name.
    """

    def __init__(self, build: Build) -> None:
        self.build = build

    @property
    def folder(self) -> Path:
        """The build folder: RTL, models by step, reports."""
        return self.build.folder

    def emulate(self, x: Any) -> Any:
        """Integers by the emulator, equal to our integer graph's at every boundary."""
        from flows.run.emulate import emulate

        return emulate(self.build, self._frames(x))

    def rtlsim(self, x: Any, stalls: float = 0.0, seed: int = 1) -> Any:
        """Integers by the RTL in Verilator, equal to the emulator's at every boundary.

        stalls: probability that a stream stands still in a clock. Raises ValueError with boundary,
        pixel and channel where an integer differs.
        """
        from flows.run.rtlsim import rtlsim

        return rtlsim(self.build, self._frames(x), stalls=stalls, seed=seed)

    def real(self, y: Any) -> Any:
        """Real values of the accelerator's integers: output_scale * y + output_bias a channel.

        float64, NHWC. Of several outputs a dict, by the tensor of the file that each stands for.
        """
        graph = from_onnx(self.build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
        integers = by_name(y, graph.outputs)
        return only(
            {
                each.tensor: np.asarray(integers[graph.outputs[each.output]], dtype=np.float64)
                * np.array(each.scale)
                + np.array(each.bias)
                for each in decodings_of(graph.metadata)
            }
        )

    def compare(self, x: Any, against: str = AGAINST[0]) -> Profile:
        """Real values of every boundary beside those of the network's file, layer by layer.

        against: "file", as qonnx and onnxruntime execute it, quantizers included: differences are
        those of float32; or "unquantized", the same without the quantizers of its activations:
        differences are what quantization costs, layer by layer.
        """
        return profile(self.build, self._frames(x), against)

    def report(self, picture: str | Path | None = None) -> Path:
        """Write report/report.html, of what was run so far; its path."""
        from flows.report.html import write_report

        shown = None if picture is None else Path(picture)
        return write_report(self.build, shown, None, _config_path(self.folder))

    def _frames(self, x: Any) -> Any:
        graph = from_onnx(self.build.model(StepName.STREAMLINE))
        if isinstance(x, Mapping):
            return frames_of(graph, {name: _many(each) for name, each in x.items()})
        return frames_of(graph, _many(x))

    def __repr__(self) -> str:
        return f"<accelerator {self.build.top} for {self.build.config.board} in {self.folder}>"


def build(
    model: Any,
    board: str,
    folder: str | Path | None,
    input_shape: Shapes | None,
    keys: Mapping[str, Any],
) -> Accelerator:
    """See ``dupnet.build``."""
    keys = dict(keys)
    if folder is None and "output_dir" in keys:  # FINN's configurations have it
        folder = keys.pop("output_dir")
    name = str(keys.get("name") or _name(model))
    output = (Path(folder) if folder is not None else FOLDER / name).resolve()
    output.parent.mkdir(parents=True, exist_ok=True)
    path = _file(model, output.with_name(f"{output.name}.onnx"), input_shape)
    for key in ("model", "output_dir"):
        if key in keys:
            raise FlowError(f"{key}: is given by model and folder")
    given = {key: str(v.resolve()) if isinstance(v, Path) else v for key, v in keys.items()}
    data = {"model": str(path), "output_dir": str(output), "board": board, **given}
    config = _config_path(output)
    write_text(config, yaml.safe_dump(data, sort_keys=False, allow_unicode=True))
    made = Build.load(config)
    run_steps(made, if_changed=True)
    return Accelerator(made)


def _config_path(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.yaml")


def _name(model: Any) -> str:
    if isinstance(model, str | Path):
        return Path(model).stem
    return str(getattr(getattr(model, "graph", None), "name", "")) or type(model).__name__


def _file(model: Any, path: Path, input_shape: Shapes | None) -> Path:
    """The QONNX file of a model; one that is no file yet is written to path."""
    if isinstance(model, str | Path):
        return Path(model).resolve()
    proto = getattr(model, "model", model)  # of a ModelWrapper
    if hasattr(proto, "SerializeToString"):
        write_model(path, proto)
        return path
    if not hasattr(model, "state_dict"):
        raise FlowError(
            f"a model of type {type(model).__name__}; expected a path, an ONNX model, or a torch "
            "module of Brevitas' layers"
        )
    if input_shape is None:
        raise FlowError("input_shape is missing; a torch module needs it, such as (1, 3, 64, 64)")
    from model.brevitas_export import export_module

    export_module(model, input_shape, path)
    return path


def _many(x: Any) -> Any:
    array = np.asarray(x)
    return array[None] if array.ndim == 3 else array
