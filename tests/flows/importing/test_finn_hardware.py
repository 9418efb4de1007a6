"""Files of behind FINN's conversion to hardware are refused node by node, with what to give."""

import numpy as np
import onnx
import pytest
from onnx import helper

from flows.build.steps.import_model import import_file
from flows.errors import FlowError
from tests.flows.foreign_model import node, proto_of

DOMAIN = "finn.custom_op.fpgadataflow"
BODY = [
    node("Quant", "x one zero b8", "q", "qin", signed=0),
    node("Quant", "w one zero b2", "wq", "qw"),
    node("Conv", "q wq", "c", "conv", kernel_shape=[1, 1]),
]


def hardware(op, source, result, name, domain):
    """Attributes as FINN writes them; its nodes have many more."""
    return helper.make_node(
        op, source.split(), [result], name, domain=domain, backend="fpgadataflow", PE=1, SIMD=1,
        inputDataType="UINT2", outputDataType="UINT2",
    )  # fmt: skip


def refused(folder, *nodes):
    path = folder / "net.onnx"
    values = {"w": np.ones((3, 2, 1, 1)), "m": np.ones((3, 4)), "t": np.ones((4, 3))}
    onnx.save(proto_of(list(nodes), (1, 2, 4, 4), **values), str(path))
    with pytest.raises(FlowError) as caught:
        import_file(path)
    return str(caught.value)


@pytest.mark.parametrize("domain", [DOMAIN, f"{DOMAIN}.hls", f"{DOMAIN}.rtl"])
def test_each_node_is_named(domain, tmp_path):
    said = refused(
        tmp_path,
        BODY[0],
        hardware("ConvolutionInputGenerator", "q", "a", "window", domain),
        hardware("MVAU", "a m t", "b", "unit", domain),
        hardware("StreamingMaxPool", "b", "y", "pool", domain),
    )
    assert said.startswith("3 things stand in the way:")
    for name in ("window (ConvolutionInputGenerator)", "unit (MVAU)", "pool (StreamingMaxPool)"):
        assert f"node {name}: a hardware operator of FINN's ({domain})" in said
    assert said.count("what to do: give the QONNX file that FINN's build was given") == 3


def test_one_behind_layers_is_no_node_of_the_host(tmp_path):
    said = refused(
        tmp_path, *BODY, hardware("LabelSelect", "c", "y", "best", f"{DOMAIN}.hls"),
    )  # fmt: skip
    assert said.startswith("node best (LabelSelect): a hardware operator of FINN's")


def test_a_graph_of_partitions(tmp_path):
    part = helper.make_node("StreamingDataflowPartition", ["q"], ["y"], "part", domain=DOMAIN,
                            model="/somewhere/partition_0.onnx")  # fmt: skip
    assert refused(tmp_path, BODY[0], part).startswith(
        "node part (StreamingDataflowPartition): a hardware"
    )
