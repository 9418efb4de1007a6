"""QONNX's operators under all the domains that files have them in."""

from onnx import ModelProto, NodeProto

QONNX = "qonnx.custom_op.general"
CHANNELS_LAST = "qonnx.custom_op.channels_last"
#: Where files have QONNX's operators: QONNX's own name, Brevitas' and FINN's older ones.
QONNX_DOMAINS = (QONNX, "onnx.brevitas", "finn.custom_op.general", "finn")
ONNX_DOMAINS = ("", "ai.onnx")
#: Where onnxruntime has operators of its own, quantizers of 16 bits among them.
MICROSOFT = "com.microsoft"
#: Where FINN has its hardware operators, of whatever kind: ``.hls``, ``.rtl`` behind it.
FINN_HARDWARE = "finn.custom_op.fpgadataflow"
#: QONNX's operators that this flow knows, by their names in files.
QUANTIZERS = frozenset(
    ["Quant", "IntQuant", "BipolarQuant", "Trunc", "MultiThreshold", "QuantAvgPool2d"]
)
#: Those that FINN's streamlining puts in place of layers.
LOWERED = frozenset(["Im2Col", "MaxPoolNHWC", "XnorPopcountMatMul"])


def is_finn_hardware(node: NodeProto) -> bool:
    """Whether a node is a hardware operator of FINN's, or a part of a graph of such."""
    domain = str(node.domain)
    return domain == FINN_HARDWARE or domain.startswith(f"{FINN_HARDWARE}.")


def settle_domain(node: NodeProto) -> None:
    """Give a node its operator's usual domain; that of an operator nobody knows stays."""
    if node.domain in ONNX_DOMAINS:
        node.domain = QONNX if node.op_type in QUANTIZERS | LOWERED else ""
    elif node.domain in QONNX_DOMAINS and node.op_type in QUANTIZERS | LOWERED:
        node.domain = QONNX


def settle_domains(model: ModelProto) -> None:
    """``settle_domain`` of every node, and the version of QONNX's operators that goes with it.

    A file that gives no version of theirs has the first one; its Trunc of six inputs is of the
    second. Files that older QONNX brought to channels last have no version of those operators.
    """
    versions = {opset.domain: opset.version for opset in model.opset_import}
    given = [versions[domain] for domain in QONNX_DOMAINS if domain in versions]
    for node in model.graph.node:
        settle_domain(node)
    last = any(node.domain == CHANNELS_LAST for node in model.graph.node)
    if last and CHANNELS_LAST not in versions:
        model.opset_import.add(domain=CHANNELS_LAST, version=1)
    second = any(n.op_type == "Trunc" and len(n.input) == 6 for n in model.graph.node)
    version = given[0] if given else 1
    if second or QONNX not in versions:
        kept = [opset for opset in model.opset_import if opset.domain != QONNX]
        copies = [type(opset).FromString(opset.SerializeToString()) for opset in kept]
        del model.opset_import[:]
        model.opset_import.extend(copies)
        model.opset_import.add(domain=QONNX, version=2 if second else version)
