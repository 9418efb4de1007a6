"""host_tail.onnx executed: the outputs of the model's file, of the accelerator's integers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from flows.build.build import Build
from flows.errors import FlowError
from flows.files import READER, write_file, write_npy
from flows.graph.host_tail import INPUT


class HostTail:
    """names: of the outputs, as in the file."""

    def __init__(self, content: bytes, place: str) -> None:
        self.place = place
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        # as the file itself is executed, operator by operator
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        try:
            self._session = onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own types, below Exception alone
            raise FlowError(f"{place}: onnxruntime cannot execute it: {_line(error)}") from error
        self.names = [output.name for output in self._session.get_outputs()]
        self._inputs = {
            given.name: np.int64 if "int64" in given.type else np.int32
            for given in self._session.get_inputs()
        }

    @classmethod
    def load(cls, path: Path) -> "HostTail":
        """That of a build; FlowError where the file is missing or none."""
        return cls(READER.data(path, "build again from streamline"), str(path))

    def run(self, integers: Any) -> dict[str, Any]:
        """(N, H, W, C) -> each output of the file, by name, of N frames one after another.

        integers: of an accelerator with several outputs a dict, by their names. The file's own
        first axis is the batch of one frame, where it has one.
        """
        given = {INPUT: integers}
        if isinstance(integers, Mapping):
            given = {f"{INPUT}_{name}": array for name, array in integers.items()}
        if missing := sorted(set(self._inputs) ^ set(given)):
            raise FlowError(
                f"{self.place}: reads {', '.join(self._inputs)}; {', '.join(missing)} differs: "
                "build again"
            )
        found: dict[str, list[Any]] = {name: [] for name in self.names}
        for frame in range(min(map(len, given.values()))):
            feeds = {
                name: array[frame][None].astype(self._inputs[name]) for name, array in given.items()
            }
            try:
                results = self._session.run(None, feeds)
            except Exception as error:
                raise FlowError(f"{self.place}: {_line(error)}") from error
            for name, result in zip(self.names, results, strict=True):
                found[name].append(np.asarray(result))
        return {name: joined(arrays) for name, arrays in found.items()}


def joined(arrays: list[Any]) -> Any:
    """Outputs of single frames as one array: along their axis of one, else along a new axis."""
    has_batch = all(array.ndim and array.shape[0] == 1 for array in arrays)
    return np.concatenate(arrays) if has_batch else np.stack(arrays)


def write_real(build: Build, integers: Any, path: Path) -> None:
    """Write the outputs of the model's file: .npy of the only one, .npz of all by name."""
    found = HostTail.load(build.paths.host_tail).run(integers)
    if path.suffix == ".npz":
        write_file(path, lambda file: np.savez(file, **found))
    elif len(found) == 1:
        write_npy(path, next(iter(found.values())))
    else:
        raise FlowError(f"{path}: the file has {len(found)} outputs; expected the name of a .npz")
    shapes = ", ".join(f"{name} {array.shape}" for name, array in found.items())
    print(f"output of {build.config.model.name}: {shapes}: {path}")


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
