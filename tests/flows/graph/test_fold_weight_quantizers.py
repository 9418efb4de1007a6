"""Weights become integers as FINN's own pass makes them, however many there are."""

import numpy as np
from finn.transformation.qonnx.fold_quant_weights import FoldQuantWeights
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

from flows.graph.fold_weight_quantizers import FoldWeightQuantizers
from tests.flows.importing.features.files import File


def model():
    """Weights with one scale, with one a channel, with a scale of 1, and transposed ones."""
    f = File((1, 2, 6, 6))
    t = f.op("Conv", f.image(), f.weights(3, 2, 3, 3), kernel_shape=[3, 3])
    scales = np.array([0.25, 0.5, 0.125, 0.3]).reshape(4, 1, 1, 1)
    t = f.op("Conv", t, f.weights(4, 3, 1, 1, scale=scales), kernel_shape=[1, 1])
    t = f.op("Conv", t, f.weights(2, 4, 1, 1, scale=1.0), kernel_shape=[1, 1])
    t = f.op("ConvTranspose", t, f.weights(2, 3, 2, 2, scale=0.5), kernel_shape=[2, 2])
    return ModelWrapper(f.finish(t)).transform(InferShapes())


def weights_of(made):
    kinds = ("Conv", "ConvTranspose")
    names = [node.input[1] for node in made.graph.node if node.op_type in kinds]
    return [(made.get_initializer(n), made.get_tensor_datatype(n)) for n in names]


def test_as_finn_folds_them():
    given = model()
    finns, ours = given.transform(FoldQuantWeights()), given.transform(FoldWeightQuantizers())
    for (theirs, kind), (own, found) in zip(weights_of(finns), weights_of(ours), strict=True):
        assert np.array_equal(theirs, own)
        assert kind == found or (theirs == np.rint(theirs)).all()
    assert [n.op_type for n in ours.graph.node].count("Mul") == 3
    image = np.random.default_rng(0).integers(0, 256, (1, 2, 6, 6)) / np.float32(256)
    results = [
        execute_onnx(m, {"x": image.astype(np.float32)})[given.graph.output[0].name]
        for m in (given, finns, ours)
    ]
    assert np.allclose(results[0], results[2], rtol=1e-5)
    assert np.array_equal(results[1], results[2])
