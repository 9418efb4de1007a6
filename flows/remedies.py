"""Remedies: what a user can do about each kind of refusal (docs/why-refused.md has more)."""

import re

#: Part of an obstacle's text, heading of docs/why-refused.md, what to do. The first that fits.
REMEDIES: tuple[tuple[str, str, str], ...] = (
    (r"casts activations to|is of type (float16|bfloat16|double)", "file",
     "export the network in float32 (model.float() in PyTorch, without conversion to float16)"),
    (r"bit width differs", "activations",
     "give all numbers of a quantizer one bit width, the largest of them"),
    (r"operator (Softmax|LogSoftmax|ArgMax|ArgMin|TopK)\b", "operators",
     "let no quantizer or quantized layer stand behind it: then the host does it"),
    (r"takes its scale from the numbers of each frame", "operators",
     "quantize statically, with frames to calibrate by (quantize_static, not quantize_dynamic)"),
    (r"along all axes from|sums are read as integers", "operators",
     "export again in QDQ form (quant_format=QuantFormat.QDQ)"),
    (r"pads channels", "padding", "pad channels with zeros"),
    (r"pads with level", "padding", "pad with the level of zero, the zero point"),
    (r"reads integers of input", "input",
     "cast the input to float32 first, or dequantize it"),
    (r"a hardware operator of FINN's", "finn",
     "give the QONNX file that FINN's build was given, or its intermediate model of "
     "step_tidy_up (save_intermediate_models)"),
    (r"its windows are read by|on windows of|second factor is no|pads bits|matrix is not of bits",
     "finn", "give the file of the step before FINN's streamlining (step_tidy_up)"),
    (r"operator \w+ of domain \S+ is not supported", "operators",
     "export without it, or use QONNX's own operators (Quant, BipolarQuant, MultiThreshold)"),
    (r"gates and states are real", "operators",
     "use Brevitas' QuantLSTM, or a step with quantizers in a Scan or a loop of PyTorch; at the "
     "end of a network the host does it"),
    (r"how many steps it takes|a step of a loop|Scan of version|its inputs have \d+ and \d+ steps"
     r"|its body (does|makes)|it takes no step|axis -?\d+ of .*which has shape|along which axis"
     r"|scan_\w+ = ", "operators",
     "export with a fixed number of steps, and ONNX's operators of version 9 or later"),
    (r"repeats a tensor of", "operators",
     "repeat rows and columns alone, or put a convolution of ones in its place"),
    (r"graph of their own", "operators",
     "export the branch that inference takes, without If or Loop"),
    (r"operator \w+ (is not supported|of two tensors)|no hardware operator", "operators",
     "put another operator in its place, or end the network in front of it"),
    (r"weights are not quantized", "weights",
     "quantize them in training (QuantConv2d or QuantLinear of Brevitas) and export again"),
    (r"weights of [\d.]+ bits", "weights", "train with weights of 1 to 16 bits"),
    (r"weights with a zero point", "weights",
     "give weights whole zero points, or none"),
    (r"its scale: constant|scale of shape .* along axis|scale (is )?0( of output)?"
     r"|scales for blocks", "weights",
     "give weights one scale, or one for each output channel, none of them 0"),
    (r"is not quantized with one positive scale", "activations",
     "put a quantizer with one scale for all channels (QuantIdentity, QuantReLU) in front of it"),
    (r"its input is not quantized", "activations", "put a quantizer in front of it"),
    (r"\d+ bits; expected|bit width|expected a positive scale and", "activations",
     "use quantizers of 1 to 16 bits with a positive scale"),
    (r"do not lie on one straight line", "activations",
     "use fewer bits there, or a straight line between two limits (Relu, Clip) in front of it"),
    (r"rounding mode", "activations", "use ROUND, FLOOR, CEIL or another rounding mode of QONNX"),
    (r"zero point", "activations", "use one whole zero point for the whole tensor"),
    (r"dequantizes what|no quantizer's|is not that of node", "activations",
     "export by QuantizeLinear, Clip, DequantizeLinear with equal parameters at both ends"),
    (r"different scales or shapes|channels of equal scale", "branches",
     "let both branches share one quantizer's scale, as Brevitas does with a shared QuantIdentity"),
    (r"do not lie alike|result of shape .* is larger", "branches",
     "bring both tensors to one shape and one order of axes before they meet"),
    (r"differs? along [NWHrc]|cannot be broadcast", "constants",
     "give constants the shape (C, 1, 1), one number a channel, or make them scalars"),
    (r"may fall", "functions",
     "let the function stand between a layer and its quantizer, with no pool between"),
    (r"too many to look at", "functions",
     "use fewer bits in the layer in front, or a rising function"),
    (r"function that is not affine follows", "end",
     "leave the last function out of the network and apply it to the decoded output"),
    (r"k = \d+ of \d+ channels", "end", "ask for as many channels as there are, or fewer"),
    (r"its values are used", "end",
     "leave argmax_in_hardware out: the host then takes values and numbers"),
    (r"float32 does not keep steps", "end",
     "use fewer bits in front of it, or leave argmax_in_hardware out"),
    (r"no output is made of it", "input", "leave the input out, or let an output read it"),
    (r"does not depend on the input", "end", "export the output that is made of the input"),
    (r"what .*integers.* stand for", "input",
     "write input_scale into the configuration, or put a quantizer at the input"),
    (r"input \S+ has (no )?shape|inputs and \d+ outputs|batch of one", "input",
     "export with a batch of one and fixed sizes"),
    (r"input \S+ is of type|annotated as|signed inputs", "input",
     "let the input be float32 with an unsigned quantizer behind it"),
    (r"pads? (by|with|an axis)|zeros? in front|is read by .* behind it",
     "padding", "pad with zeros, directly in front of a convolution or pool"),
    (r"channels? .*(second axis|last axis|not the channels)|axis .* none of channels|reduces axes",
     "layout", "keep channels as the second axis (or the last, with Transpose in front)"),
    (r"takes \d+ numbers|weights take|one row of activations|activations times constant", "layout",
     "multiply activations (1, F) by constant weights, in this order"),
    (r"kernel .* is larger than|kernel_shape|strides|dilat|group|ceil_mode|auto_pad|overlap",
     "windows", "see which kernels, strides and groups there are"),
    (r"takes (a part|places|rows|columns|\d+ out of)|\d starts, |no starts and ends|parts of "
     r"|indices of shape|result holds nothing|looks (its constant|rows) |\d of a tensor",
     "operators",
     "take channels, or rows or columns at equal distances, by constants of the file"),
    (r"training", "training", "call network.eval() before the export"),
    (r"shapes (do not fit|cannot be inferred)|shape .* cannot be inferred", "file",
     "check the file with onnx.checker.check_model(full_check=True), and export with fixed sizes"),
    (r"(made|listed) twice|cycle|not a valid ONNX|initializer|external|local functions|imports",
     "file",
     "export the file again; onnx.checker says more of it"),
    # what is said above goes first; these are for all that is like it
    (r"argmax_in_hardware|is not along the channels|channels in front of it differ|greatest channel"
     r"|last of equal channels|float32 does not keep steps|its values are used", "end",
     "leave argmax_in_hardware out: the host then takes the greatest channel"),
    (r"makes numbers between|keep_aspect_ratio|coordinate_transformation|whole (multiples|numbers)"
     r"|the same channels|axes or scales as attributes", "resizing",
     "repeat pixels by whole factors (nn.UpsamplingNearest2d), or resize behind the quantizers"),
    (r"come together in one", "layout",
     "put a quantizer (QuantIdentity) of one scale in front of the transpose"),
    (r"spread apart", "windows",
     "give the transposed convolution's input to that layer alone, or repeat pixels instead"),
    (r"in another shape alone", "layout",
     "let the tensor in front leave the network, or put a quantizer between the two"),
    (r"more than one transposition", "layout",
     "put a layer, or a quantizer and a layer, between the two transposes"),
    (r"blocksize|DCR or CRD|lies is not known|channels are last",
     "layout", "move pixels behind the last quantizer, where the host does it, or in whole blocks"),
    (r"differs by place", "constants",
     "put a quantizer behind that constant's sum or product, and one in front of functions"),
    (r"concatenates along|expected one (size|shape)|scales .* of its inputs|ratio of its inputs"
     r"|scales of its input's channels|function that is not affine stands behind", "branches",
     "bring both tensors to one size, and quantize both with one scale (a shared QuantIdentity)"),
    (r"function that is not affine|casts to other|gives no number", "functions",
     "put a quantizer between the function and what reads it"),
    (r"has an offset", "activations",
     "quantize the layer's input without zero point, or leave its pads away"),
    (r"pads|lies in the border|count differently", "padding",
     "use pads that are smaller than the kernel, of zeros"),
    (r"is an input of the host's alone|no output is made of it", "input",
     "put a quantizer behind that input, or leave out what reads it"),
    (r"at the input|of the configuration|input_type|input_scale", "input",
     "give input_scale and input_type in the configuration, or a quantizer at the input"),
    (r"thresholds|out_scale|levels?\b|scales? |its scale|positive|quantizer|integers as its input"
     r"|has to be one number|differs between numbers", "activations",
     "give quantizers constant parameters: a positive scale, 2 to 65,536 levels"),
    (r"axes; expected four|weights of shape|bias of shape|input channels|output_shape|maxima"
     r"|its windows are|hold nothing|expected (two|four) axes", "windows",
     "see which layers, kernels and shapes there are"),
    (r"constant|finite|no number|is not an activation|cannot be computed|divides by|variance"
     r"|differs along|its result has shape", "constants",
     "store parameters as finite constants in the file (qonnx-cleanup folds what is computed)"),
    (r"not an ONNX model|no such file|the model's folder|ends before its data|more than \d+ MiB"
     r"|given twice|in two versions|sparse|made by no node|has no (output|type)|data in segments"
     r"|\d of data; shape|type \d+ is not supported|operators; expected at most"
     r"|axes of at most|\d axes; expected at most|shape .*; expected at most|of a wrong type"
     r"|expected .* inputs and one output|has \d+ inputs; expected|its attributes are of"
     r"|= .*; expected (\d+ numbers|0 or 1)|as a number of|spatial = 0|stands in for nodes"
     r"|the model has .*which are not|the host's is not valid|constants of more than", "file",
     "export the file again by torch's or Brevitas' exporter, within the limits of that page"),
)  # fmt: skip


def remedy(text: str) -> str:
    """The remedy for an obstacle; "" where its own text says it."""
    for pattern, section, what in REMEDIES:
        if re.search(pattern, text):
            return f"{what} (docs/why-refused.md#{section})"
    return ""
