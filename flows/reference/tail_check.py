"""host_tail.onnx against the file's own nodes behind the cut, on the accelerator's integers.

The tensor at the cut has been compared with the file already. Here the file's nodes start from what
the integers stand for, and each of their outputs has to be that of host_tail.onnx, to the last bit:
both run in onnxruntime, operator by operator.
"""

from typing import Any

import numpy as np

from flows.errors import FlowError
from flows.reference.execution import ImportedModel, Tensors, label
from flows.run.host_tail import HostTail


class TailCheck:
    """cut: the tensor behind which the host's nodes are. tensors: of one execution of the model."""

    def __init__(self, model: ImportedModel, tail: HostTail, cut: str, tensors: Tensors) -> None:
        self.model, self.tail, self.cut = model, tail, cut
        self.constants = {k: v for k, v in tensors.items() if k not in model.varying}
        self.nodes, reached = [], {cut}
        for node in model.nodes:
            if reached.intersection(node.input):
                reached.update(name for name in node.output if name)
                self.nodes.append(node)

    def compare(self, integers: Any, real: Any) -> None:
        """Compare one frame: integers (1, C, H, W) and the numbers that they stand for.

        Raises FlowError, naming node and output, at the first number that differs.
        """
        tensors = {**self.constants, self.cut: np.asarray(real, np.float32)}
        self.model.run_nodes(self.nodes, tensors)
        found = self.tail.run(np.asarray(integers, np.int64).transpose(0, 2, 3, 1))
        for name, array in found.items():
            expected = np.asarray(tensors[name])
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
