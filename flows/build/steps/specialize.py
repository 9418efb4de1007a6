"""Step specialize: every operator becomes its RTL or HLS variant, by FINN's pass."""

from finn.transformation.fpgadataflow.specialize_layers import SpecializeLayers
from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.step import Step
from hw.ops.base import Role
from hw.ops.registry import DOMAIN, operator_of, role_of


def specialize(model: ModelWrapper, part: str, style: str = "rtl") -> ModelWrapper:
    """Turn every abstract operator into its RTL or HLS variant (FINN's SpecializeLayers).

    style: "rtl" or "hls", for nodes without a preferred_impl_style of their own. FIFOs are always
    RTL: in HLS C++ they are no operators, but the depth of a stream.
    """
    names = {node.output[0]: node.name for node in model.graph.node}
    for node in model.graph.node:
        if node.domain != DOMAIN:
            continue
        op = operator_of(node)
        wanted = str(op.get_nodeattr("preferred_impl_style")) or style
        op.set_nodeattr("preferred_impl_style", "rtl" if role_of(node) is Role.FIFO else wanted)
    model = model.transform(SpecializeLayers(part))
    for node in model.graph.node:
        node.name = names[node.output[0]]
    return model


def _run(model: ModelWrapper, build: Build) -> ModelWrapper:
    return specialize(model, build.device.part, build.config.impl_style)


STEP = Step(StepName.SPECIALIZE, _run)
