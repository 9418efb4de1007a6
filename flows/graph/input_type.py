"""The integers that a network's input takes: their range, and how they are stored and drawn."""

import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper

from flows.errors import FlowError
from hw.datatypes import integer_type

#: Most bits of an element of the input.
MAX_BITS = 16
#: The metadata entry in which a graph keeps it.
KEY = "input_type"
#: That in which an imported model keeps the types of the file's inputs of integers, by name.
INTEGER_INPUTS = "integer_inputs"


@dataclass(frozen=True)
class InputType:
    """Integers lo, lo + step, ..., hi. step: 2 for two levels (-1 and +1), else 1."""

    lo: int = 0
    hi: int = 255
    step: int = 1

    @property
    def name(self) -> str:
        """The smallest data type of QONNX that holds them, which streams have."""
        return integer_type(self.lo, self.hi)

    @property
    def bits(self) -> int:
        """Bits of an element."""
        return int(DataType[self.name].bitwidth())

    @property
    def dtype(self) -> Any:
        """The NumPy type that files and memory have them in: of 8 or 16 bits."""
        return np.dtype(f"{'int' if self.lo < 0 else 'uint'}{8 if self.bits <= 8 else 16}")

    @property
    def is_pixels(self) -> bool:
        """Whether a picture's numbers are such integers: unsigned ones of 8 bits."""
        return self.name == "UINT8"

    def __str__(self) -> str:
        if self.step == 2:
            return f"{self.lo} or {self.hi}"
        return f"{self.name}, {self.lo} to {self.hi}"

    def check(self, array: Any, place: str) -> None:
        """FlowError, beginning with place, for the first integer that is none of these."""
        bad = (array < self.lo) | (array > self.hi)
        if self.step > 1:
            bad |= (array.astype(np.int64) - self.lo) % self.step != 0
        if bad.any():
            raise FlowError(f"{place}: holds {array[bad][0]}; the network takes {self}")

    def random(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
        """Such integers of the whole range, of ``dtype``."""
        steps = rng.integers(
            0, (self.hi - self.lo) // self.step + 1, shape, dtype=f"uint{self.dtype.itemsize * 8}"
        )
        return (self.lo + self.step * steps.astype(np.int64)).astype(self.dtype)

    def spread(self, grey: Any) -> Any:
        """Numbers 0 to 255 spread over the range: 0 becomes lo, 255 becomes hi."""
        steps = (self.hi - self.lo) // self.step
        found = np.rint(np.asarray(grey, np.float64) * steps / 255).astype(np.int64)
        return (self.lo + self.step * found).astype(self.dtype)

    def to_text(self) -> str:
        """Text for a model's metadata."""
        return json.dumps([self.lo, self.hi, self.step])

    @classmethod
    def of_metadata(cls, metadata: dict[str, str], suffix: str = "") -> "InputType":
        """The inverse of ``to_text``; of a graph that says nothing, pixels.

        suffix: of the entry, as ``flows.graph.inputs`` gives it.
        """
        key = KEY + suffix
        return cls(*json.loads(metadata[key])) if key in metadata else cls()

    @classmethod
    def of_model(cls, model: ModelWrapper) -> "InputType":
        """The input type of an integer graph in ONNX."""
        text = model.get_metadata_prop(KEY)
        return cls(*json.loads(text)) if text else cls()

    @classmethod
    def of_name(cls, name: str) -> "InputType | None":
        """The type that QONNX calls so; None for one that is not of integers, or too wide."""
        if not re.fullmatch(r"BINARY|BIPOLAR|TERNARY|U?INT[1-9]\d?", name):
            return None
        kind = DataType[name]
        if kind.bitwidth() > MAX_BITS:
            return None
        return cls(int(kind.min()), int(kind.max()), 2 if name == "BIPOLAR" else 1)
