"""Step specialize: every operator becomes its RTL or HLS variant, by FINN's pass."""

import logging

from finn.transformation.fpgadataflow.specialize_layers import SpecializeLayers
from finn.util.logging import log
from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.step import Step
from flows.errors import FlowError
from hw.ops.base import Role
from hw.ops.registry import (
    DOMAIN,
    RTL,
    RTL_DOMAIN,
    is_hls,
    kind_of,
    operator_of,
    role_of,
)
from hw.ops.sizes import DYNAMIC
from hw.ops.writable import WRITABLE

#: Attributes of what is written while it runs, and what that is in C++.
_WRITTEN = {
    WRITABLE: "its weights and thresholds are constants",
    DYNAMIC: "the size of its image is a constant",
}


def specialize(model: ModelWrapper, part: str, style: str = "rtl") -> ModelWrapper:
    """Turn every abstract operator into its RTL or HLS variant (FINN's SpecializeLayers).

    style: "rtl" or "hls", for nodes without a preferred_impl_style of their own. FIFOs are always
    RTL: in HLS C++ they are no operators, but the depth of a stream. What FINN's pass says of its
    own RTL of the same name (which may need another part) is not said of ours. Raises FlowError for
    a node whose weights or size are written while it runs and that is to be HLS.
    """
    names = {node.output[0]: node.name for node in model.graph.node}
    styles: dict[str, str] = {}
    for node in model.graph.node:
        if node.domain != DOMAIN:
            continue
        op = operator_of(node)
        wanted = str(op.get_nodeattr("preferred_impl_style")) or style
        for key, what in _WRITTEN.items():
            if wanted == "hls" and key in op.get_nodeattr_types() and op.get_nodeattr(key):
                raise FlowError(
                    f"node {node.name}: {key} = 1, but as HLS C++ {what}; expected "
                    "preferred_impl_style rtl (or impl_style rtl)"
                )
        styles[node.output[0]] = "rtl" if role_of(node) is Role.FIFO else wanted
        op.set_nodeattr("preferred_impl_style", styles[node.output[0]])
    level = log.level
    log.setLevel(logging.ERROR)  # FINN warns of what it would do itself
    try:
        model = model.transform(SpecializeLayers(part))
    finally:
        log.setLevel(level)
    for node in model.graph.node:
        node.name = names[node.output[0]]
        if is_hls(node) and styles.get(node.output[0]) == "rtl":
            node.op_type, node.domain = f"{kind_of(node)}{RTL}", RTL_DOMAIN
    return model


def _run(model: ModelWrapper, build: Build) -> ModelWrapper:
    return specialize(model, build.device.part, build.config.impl_style)


STEP = Step(StepName.SPECIALIZE, _run)
