"""The output of the network's file, of the accelerator's integers: what is left for the host.

``host_tail.onnx`` beside the description has the file's own operators that are not in hardware,
such as a softmax, behind the output's scale and bias. onnxruntime executes it (``pip3 install
onnxruntime``). A file that ends with a scale and a bias needs none: numpy does it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .backend import as_list
from .description import Description
from .errors import AcceleratorError
from .session import one_line, open_session

FILE = "host_tail.onnx"
#: Name of the model's input; of several outputs of the accelerator, what their names follow.
INPUT = "integers"


class HostTail:
    """folder: of the description and the model. Raises AcceleratorError where it cannot be run."""

    def __init__(self, description: Description, folder: str | Path | None) -> None:
        self.description = description
        self._session: Any = None
        if not description.host_nodes:
            return
        if folder is None:
            raise AcceleratorError(f"the output needs {FILE} beside the description")
        path = str(Path(folder) / FILE)
        nodes = ", ".join(description.host_nodes)
        self._session = open_session(
            path,
            f"the network's output needs onnxruntime for {nodes} (pip3 install onnxruntime); "
            "execute gives the integers in front of it",
        )

    def run(self, integers: Any) -> dict[str, Any]:
        """(N, H, W, C) -> the file's outputs by name, those of N frames one after another.

        integers: of an accelerator with several outputs a list of such arrays.
        """
        if self._session is None:
            real = self.description.output.real(integers).astype(np.float32)
            real = real.transpose(0, 3, 1, 2)
            frames = [self._laid_out(real[at : at + 1]) for at in range(len(real))]
            return {self.description.host_outputs[0]: _joined(frames)}
        names = [output.name for output in self._session.get_outputs()]
        found: dict[str, list[Any]] = {name: [] for name in names}
        given = as_list(integers, len(self.description.outputs))
        several = len(given) > 1
        keys = [f"{INPUT}_{each.name}" if several else INPUT for each in self.description.outputs]
        for each in zip(*given):
            feeds = {key: one[np.newaxis].astype(np.int32) for key, one in zip(keys, each)}
            try:
                results = self._session.run(None, feeds)
            except Exception as error:
                raise AcceleratorError(f"{FILE}: {one_line(error)}") from None
            for name, result in zip(names, results):
                found[name].append(np.asarray(result))
        return {name: _joined(arrays) for name, arrays in found.items()}

    def _laid_out(self, frame: Any) -> Any:
        """(1, C, H, W) -> as the tensor lies in the file."""
        try:
            for kind, axes in self.description.host_layout:
                if kind == "transpose":
                    frame = frame.transpose(axes)
                elif kind == "squeeze":
                    frame = np.squeeze(frame, axis=axes)
                elif kind == "unsqueeze":
                    for axis in sorted(axes):
                        frame = np.expand_dims(frame, axis)
                else:
                    frame = frame.reshape(axes)
        except ValueError as error:
            raise AcceleratorError(
                f"the output's layout does not fit it: {one_line(error)}"
            ) from None
        return frame


def _joined(arrays: list[Any]) -> Any:
    """Outputs of single frames as one array: along their axis of one, else along a new axis."""
    has_batch = all(array.ndim and array.shape[0] == 1 for array in arrays)
    return np.concatenate(arrays) if has_batch else np.stack(arrays)
