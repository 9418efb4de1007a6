"""Networks that cannot take another size of the image while they run, and the node that cannot."""

import pytest

from flows.build.sequence import run_steps
from flows.errors import FlowError
from tests.flows.importing.features.files import File
from tests.flows.importing.features.reference import build_of


def average_without_border():
    """Each window's sum times a factor of its place (PixelScale)."""
    f = File((1, 2, 6, 6))
    t = f.quant(f.conv(f.image(), 2, 3, pads=[1] * 4), 0.5, 4)
    window = {"kernel_shape": [3, 3], "strides": [1, 1], "pads": [1] * 4}
    t = f.quant(f.op("AveragePool", t, count_include_pad=0, **window), 0.25, 4)
    return f.finish(f.conv(t, 3, 2, (1, 1)))


def position_embedding():
    f = File((1, 2, 6, 6))
    t = f.op("Add", f.quant(f.conv(f.image(), 2, 3), 0.5, 4), f.const(f.rng.random((4, 4))))
    return f.finish(f.conv(f.quant(t, 0.5, 4), 3, 2, (1, 1)))


def fully_connected():
    f = File((1, 1, 4, 4))
    t = f.quant(f.conv(f.image(), 1, 2), 0.5, 2)
    return f.finish(f.dense(f.op("Flatten", t), 8, 2))


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (average_without_border(), "its factors are of one number of rows and columns"),
        (position_embedding(), "its constants are those of an image's places"),
        (fully_connected(), "(its weights are of one size|its window is the whole image)"),
    ],
)
def test_refused_with_the_node(model, why, tmp_path):
    build = build_of(model, tmp_path, dynamic_mode=True, verify_import=False)
    with pytest.raises(FlowError, match=rf"node \w+: cannot take another size .*: .*{why}; exp"):
        run_steps(build)
