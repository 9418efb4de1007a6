"""Four layers of weights and activations of so many bits: what searches and DSP slices are for."""

import numpy as np

from tests.flows.builder import Builder, Network

#: Rows of each layer, its kernel, and whether a pool of 2 x 2 stands behind it.
LARGE = ((16, 3, True), (32, 3, True), (32, 3, False), (10, 1, False))
SMALL = ((4, 3, True), (6, 3, False), (4, 1, False), (3, 1, False))


def four_layers(
    bits: int, size: int, layers: tuple[tuple[int, int, bool], ...], signs: bool = False
) -> Network:
    """A network on size x size x 3 pixels; weights and activations of bits bits, sums come out.

    signs: weights are -1 and 1.
    """
    rng = np.random.default_rng(bits)
    b = Builder(rng, (3, size, size), 2.0**-8, exact=True)
    tensor = b.quant("x", 8, False, 2.0**-8)
    least = -(2 ** (bits - 1))
    for number, (rows, kernel, is_pooled) in enumerate(layers):
        integers = rng.integers(least, -least, (rows, b.channels(tensor), kernel, kernel))
        integers[0, 0, 0, 0], integers[-1, -1, -1, -1] = least, -least - 1  # both ends
        if signs:
            integers = np.where(integers < 0, -1, 1)
        scale = np.float32(2.0**-bits)
        weights = b.quant(b.constant(integers * scale), bits, True, scale)
        tensor = b.add(
            "Conv",
            [tensor, weights],
            kernel_shape=[kernel, kernel],
            strides=[1, 1],
            pads=[kernel // 2] * 4,
            group=1,
            dilations=[1, 1],
        )
        if number + 1 < len(layers):
            tensor = b.quant(tensor, bits, False)
        if is_pooled:
            tensor = b.pool(tensor, (2, 2))
    return Network(bits, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())
