"""host_tail.onnx against the file's own nodes behind the cut, on the accelerator's integers.

The tensors at the cut have been compared with the file already. Here the file's nodes start from
what the integers stand for, and each of their outputs has to be that of host_tail.onnx, to the last
bit: both run in onnxruntime, operator by operator.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from flows.errors import FlowError
from flows.reference.execution import ImportedModel, Tensors, label
from flows.run.host_tail import HostTail, joined
from flows.run.outputs import only


class TailCheck:
    """cut: the tensors that the host's nodes read. tensors: of one execution of the model."""

    def __init__(
        self, model: ImportedModel, tail: HostTail, cut: Sequence[str], tensors: Tensors
    ) -> None:
        self.model, self.tail = model, tail
        self.constants = {k: v for k, v in tensors.items() if k not in model.varying}
        self.nodes, wanted = [], set(tail.names) - set(cut)
        for node in reversed(model.nodes):
            if wanted.intersection(node.output) and model.varying.intersection(node.input):
                wanted |= set(node.input) - set(cut)
                self.nodes.append(node)
        self.nodes.reverse()

    def compare(self, integers: Mapping[str, Any], real: Mapping[str, Any]) -> None:
        """Compare one frame: integers of each output (1, C, H, W), and the real tensors at the cut.

        Raises FlowError, naming node and output, at the first number that differs.
        """
        given = {name: np.asarray(values, np.float32) for name, values in real.items()}
        tensors = {**self.constants, **given}
        self.model.run_nodes(self.nodes, tensors)
        nhwc = {
            name: np.asarray(values, np.int64).transpose(0, 2, 3, 1)
            for name, values in integers.items()
        }
        found = self.tail.run(only(nhwc))
        for name, array in found.items():
            expected = joined([np.asarray(tensors[name])])
            if array.shape != expected.shape or array.dtype != expected.dtype:
                raise FlowError(
                    f"{self.tail.place}: output {name} is {array.dtype} of shape {array.shape}; "
                    f"{label(self.model.producers[name])} gives {expected.dtype} of shape "
                    f"{expected.shape}"
                )
            is_real = array.dtype.kind == "f"
            if not np.array_equal(array, expected, equal_nan=is_real):
                place = tuple(int(v) for v in np.argwhere(array != expected)[0])
                raise FlowError(
                    f"{self.tail.place}: output {name} differs from what "
                    f"{label(self.model.producers[name])} gives at {place}: expected "
                    f"{expected[place]}, found {array[place]}"
                )
