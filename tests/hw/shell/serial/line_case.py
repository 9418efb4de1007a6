"""A small accelerator behind a serial line, and lines that do harm."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from hw.driver.description import Description, Tensor
from hw.driver.serial_link import SerialBackend
from hw.shell.serial.simulated import SimulatedLine
from hw.shell.serial.top import Line, write
from hw.sim.design import Design
from hw.stitch import stitch
from tests.hw.bench import CACHE, one_node_model, reference_frame

BUILD_ID = 0x1234ABCD
#: Not a whole number of clocks a bit: 16.67.
LINE = Line(Fraction(50_000_000), 3_000_000)
HEIGHT, WIDTH, CHANNELS, OUTPUTS = 6, 10, 12, 20


def model() -> ModelWrapper:
    """A matrix product a pixel: 12 channels of 5 bits, 3 a beat, to 20 of 11 bits, 5 a beat."""
    weights = np.random.default_rng(1).choice((-1, 1), size=(CHANNELS, OUTPUTS))
    attributes = {
        "MW": CHANNELS, "MH": OUTPUTS, "SIMD": 3, "PE": 5, "weightDataType": "INT8",
        "noActivation": 1, "inputDataType": "UINT5", "outputDataType": "INT11",
    }  # fmt: skip
    shape = (1, HEIGHT, WIDTH, CHANNELS)
    return one_node_model("MultiLevelMVAU", shape, attributes, [(weights, "INT8")])


DESCRIPTION = Description(
    name="product",
    board="ULX3S-85F",
    build_id=BUILD_ID,
    clock_mhz=50.0,
    input=Tensor((HEIGHT, WIDTH, CHANNELS), "uint8"),
    output=Tensor((HEIGHT, WIDTH, OUTPUTS), "int16"),
    registers={},
)


@dataclass
class Case:
    """The design behind its shell, frames for it and the integers expected."""

    design: Design
    frames: Any
    expected: Any

    def line(self, **options: Any) -> SimulatedLine:
        """A simulated board that runs it."""
        options = {"timeout": 0.0002, **options}
        return SimulatedLine(self.design, LINE, cache_dir=CACHE, **options)


def backend(line: Any, **options: Any) -> SerialBackend:
    """The driver's back-end, impatient: the line has no operating system in between."""
    options = {"answer_seconds": 0.0005, "patience": 1.0, **options}
    return SerialBackend(line, DESCRIPTION, **options)


def make_case(folder: Path, frames: int = 3) -> Case:
    """The accelerator of ``model`` in folder, with random frames."""
    net = model()
    design = stitch([net], folder / "accelerator", "product")
    shell = write(design, folder / "serial", LINE, BUILD_ID)
    inputs = np.random.default_rng(2).integers(0, 32, (frames, HEIGHT, WIDTH, CHANNELS))
    expected = np.stack([reference_frame(net, frame[None])[0] for frame in inputs])
    return Case(shell, inputs.astype(np.uint8), expected)


class HarmfulLine:
    """A line that loses, doubles, alters and invents bytes, with the same probability each."""

    def __init__(self, line: SimulatedLine, probability: float, seed: int) -> None:
        self.line = line
        self.probability = probability
        self.rng = np.random.default_rng(seed)
        self.now = line.now
        self.byte_seconds = line.byte_seconds
        self.harmed = 0

    def _harm(self, data: bytes) -> bytes:
        result = bytearray()
        for byte in data:
            if self.rng.random() >= self.probability:
                result.append(byte)
                continue
            self.harmed += 1
            match self.rng.integers(4):
                case 0:
                    pass
                case 1:
                    result += bytes([byte, byte])
                case 2:
                    result.append(byte ^ int(self.rng.integers(1, 256)))
                case _:
                    result += self.rng.bytes(3) + bytes([byte])
        return bytes(result)

    def read(self, size: int) -> bytes:
        """Bytes from the board, harmed."""
        return self._harm(self.line.read(size))

    def write(self, data: bytes) -> None:
        """Bytes to the board, harmed."""
        self.line.write(self._harm(data))

    def close(self) -> None:
        """End the simulation."""
        self.line.close()
