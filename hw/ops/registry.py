"""Registration of an operator with FINN: the abstract one, its RTL and its HLS variant."""

import finn.custom_op.fpgadataflow as finn_ops
import finn.custom_op.fpgadataflow.hls as finn_hls_ops
import finn.custom_op.fpgadataflow.rtl as finn_rtl_ops
from finn.custom_op.fpgadataflow.hwcustomop import HWCustomOp
from qonnx.custom_op.registry import add_op_to_domain

#: Domain of abstract operators, where FINN's SpecializeLayers looks for them.
DOMAIN = "finn.custom_op.fpgadataflow"
#: Domain of RTL variants (FINN's is_rtl_node accepts no other).
RTL_DOMAIN = "finn.custom_op.fpgadataflow.rtl"
#: Domain of HLS variants (FINN's is_hls_node accepts no other).
HLS_DOMAIN = "finn.custom_op.fpgadataflow.hls"


def register(
    abstract: type[HWCustomOp], rtl: type[HWCustomOp], hls: type[HWCustomOp] | None = None
) -> None:
    """Make FINN know an abstract operator X and its variants X_rtl and X_hls."""
    finn_ops.custom_op[abstract.__name__] = abstract
    add_op_to_domain(DOMAIN, abstract)
    finn_rtl_ops.custom_op[rtl.__name__] = rtl
    add_op_to_domain(RTL_DOMAIN, rtl)
    if hls is not None:
        finn_hls_ops.custom_op[hls.__name__] = hls
        add_op_to_domain(HLS_DOMAIN, hls)
