"""Real numbers to an accelerator's integers, as QONNX's own quantizer makes them."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from qonnx.custom_op.general.intquant import int_quant

from hw.driver import AcceleratorError, Description, DupNetAccelerator, Tensor
from hw.driver.integers import ROUNDINGS, Integers
from tests.hw.driver.fake_bus import DESCRIPTION

#: (bits, signed, narrow, zero point), and the integers less the zero point.
QUANTIZERS = [
    ((8, False, False, 0), (0, 255, 1)),
    ((8, True, False, 0), (-128, 127, 1)),
    ((8, True, True, 0), (-127, 127, 1)),
    ((4, True, False, 3), (-11, 4, 1)),
    ((16, False, False, 32768), (-32768, 32767, 1)),
    ((1, True, False, 0), (-1, 1, 2)),
]


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize(("quantizer", "integers"), QUANTIZERS)
def test_as_qonnx(quantizer: Any, integers: Any, rounding: str) -> None:
    """At ties, outside of the range, and between; the scale is a power of two."""
    bits, signed, narrow, zero = quantizer
    real = np.concatenate([np.arange(-300, 300) / 8, [-1e6, 1e6], np.arange(-5e4, 5e4, 997)])
    given = [np.float64(value) for value in (0.25, zero, bits)]
    expected = int_quant(real, *given, signed, narrow, rounding) / 0.25
    found = Integers(*integers, zero_point=zero, rounding=rounding).quantize(real, 0.25)
    assert found.tolist() == expected.tolist()


def accelerator(integers: Integers, dtype: str) -> tuple[DupNetAccelerator, list[Any]]:
    seen: list[Any] = []

    class Backend:
        def execute(self, frames: Any) -> Any:
            seen.append(frames)
            return frames

        def stream(self, frames: Any) -> Any:
            return frames

        def now(self) -> float:
            return float(len(seen))

    tensor = Tensor((2, 2, 1), dtype, (0.5,), integers=integers)
    return DupNetAccelerator(Backend(), replace(DESCRIPTION, input=tensor)), seen


def test_frames_of_signed_integers() -> None:
    made, seen = accelerator(Integers(-8, 7), "int8")
    frame = made.quantize([[[-9.0], [0.2]], [[0.3], [-0.8]]])
    assert frame.dtype == np.int8
    assert made.execute(frame).reshape(-1).tolist() == [-8, 0, 1, -2]
    with pytest.raises(AcceleratorError, match="a frame holds 8; the network takes -8 to 7"):
        made.execute(np.full((1, 2, 2, 1), 8, np.int8))
    with pytest.raises(AcceleratorError, match=r"a frame of shape .* uint8; the network takes"):
        made.execute(np.zeros((1, 2, 2, 1), np.uint8))
    with pytest.raises(AcceleratorError, match="a number that is not finite"):
        made.quantize([np.nan])
    made.throughput_test(3)
    assert {int(v) for v in np.unique(seen[-1])} <= set(range(-8, 8))
    assert seen[-1].min() < 0


def test_frames_of_two_levels() -> None:
    made, seen = accelerator(Integers(-1, 1, 2), "int8")
    made.execute(made.quantize(np.array([-0.1, 0.0, 3, -3]).reshape(2, 2, 1)))
    assert seen[0].reshape(-1).tolist() == [-1, 1, 1, -1]
    with pytest.raises(AcceleratorError, match="a frame holds 0; the network takes -1 or 1"):
        list(made.stream([np.zeros((2, 2, 1), np.int8)]))


def test_a_detector_of_other_integers_takes_no_pictures() -> None:
    tensor = Tensor((4, 4, 3), "int8", integers=Integers(-128, 127))
    assert not replace(DESCRIPTION, input=tensor).detects
    assert replace(DESCRIPTION, input=Tensor((4, 4, 3), "uint8")).detects
    made = DupNetAccelerator(type("B", (), {"execute": None})(), replace(DESCRIPTION, input=tensor))
    with pytest.raises(AcceleratorError, match="takes no square pictures of 3 channels"):
        made.detect(np.zeros((4, 4, 3), np.uint8))


def test_there_and_back() -> None:
    tensor = Tensor((4, 4, 3), "int8", integers=Integers(-5, 10, 1, 5, "FLOOR"))
    made = replace(DESCRIPTION, input=tensor)
    assert Description.from_json(made.to_json()) == made


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("low", 0.5, "input.integers.low: 0.5; expected an integer"),
        ("high", -9, "input.integers.high: -9; expected an integer"),
        ("step", 3, "input.integers.step: 3; expected an integer from 1 to 2"),
        ("step", 2, "input.integers.high: 7; expected -6, as the step is 2"),
        ("rounding", "UPWARDS", 'input.integers.rounding: "UPWARDS"; expected one of ROUND'),
        ("high", 200, "input.integers: .*; expected a range within int8"),
    ],
)
def test_other_integers_are_refused(key: str, value: Any, said: str) -> None:
    tensor = Tensor((4, 4, 3), "int8", integers=Integers(-8, 7))
    data = json.loads(replace(DESCRIPTION, input=tensor).to_json())
    data["input"]["integers"][key] = value
    with pytest.raises(ValueError, match=said):
        Description.from_json(json.dumps(data))
