"""ONNX files of other hands: each is built or refused in one line, soon and in little memory."""

import os
import random
import resource
import subprocess
import sys
import time

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from flows.build.config import BuildConfig
from flows.build.steps.import_model import load_qonnx, prepare
from flows.build.steps.streamline import streamline
from flows.errors import FlowError
from tests.flows.foreign_model import node, proto_of
from tests.flows.networks import random_network

W = np.ones((3, 2, 3, 3), np.float32)
QIN = node("Quant", "x one zero b8", "xq", "qin", signed=0)
QW = node("Quant", "w one zero b4", "wq", "qw")
QACT = node("Quant", "c one zero b4", "y", "qact")


def conv(inputs="xq wq", **attrs):
    return node("Conv", inputs, "c", "conv", **attrs)


def network(*nodes, **values):
    return proto_of([QIN, *nodes], (1, 2, 6, 5), **{"w": W, **values})


def changed(change):
    """The network after change(its ModelProto)."""
    proto = network(QW, conv(), QACT)
    change(proto)
    return proto


def initializer(proto, name="w"):
    return next(i for i in proto.graph.initializer if i.name == name)


def dims(*values):
    def change(proto):
        del initializer(proto).dims[:]
        initializer(proto).dims.extend(values)

    return changed(change)


def of_constants(op, inputs, **values):
    """A constant computed from constants, and its product with the image."""
    return network(node(op, inputs, "k1", "big"), node("Mul", "xq k1", "c", "mul"), QACT, **values)


def branches():
    body = helper.make_graph([node("Identity", "xq", "z")], "g", [],
                             [helper.make_tensor_value_info("z", 1, None)])  # fmt: skip
    return network(node("If", "on", "c", "if", then_branch=body, else_branch=body), QACT,
                   on=np.array(True))  # fmt: skip


def strings(proto):
    initializer(proto).CopyFrom(helper.make_tensor("w", TensorProto.STRING, [2], [b"a", b"b"]))


BIG = np.array([10**5, 10**5], np.int64)
REFUSED = {
    "strides 0": (network(QW, conv(strides=[0, 0]), QACT), "node conv .Conv.: strides = .0, 0."),
    "strides -1": (network(QW, conv(strides=[-1, 1]), QACT), "node conv .Conv.: strides"),
    "three pads": (network(QW, conv(pads=[1, 1, 1]), QACT), "node conv .Conv.: pads"),
    "huge pads": (network(QW, conv(pads=[0, 0, 0, 2**20 + 1]), QACT),
                  "conv .Conv.: pads = .0, 0, 0, 1048577.; expected 4 numbers of 0 to 1048576"),
    "huge strides": (network(QW, conv(strides=[1, 2**40]), QACT),
                     "strides = .1, 1099511627776.; expected 2 numbers of 1 to 1048576"),
    "one number": (network(QW, conv(kernel_shape=[3]), QACT), "node conv .Conv.: .*kernel_shape"),
    "of a text": (network(QW, conv(strides="a"), QACT), "node conv .Conv.: strides"),
    "kernel": (network(QW, conv(kernel_shape=[2, 2]), QACT), "node conv .Conv.: kernel_shape"),
    "no weights": (network(QW, conv("xq - wq"), QACT), "Conv"),
    "2^40": (dims(2**40, 2, 3, 3), "initializer w: shape"),
    "below 0": (dims(-1, 2, 3, 3), "initializer w: shape"),
    "60 axes": (dims(*[1] * 60), "initializer w: 60 axes; expected at most 8"),
    "2^62 by 0": (dims(2**62, 0), "initializer w: shape"),
    "too little": (dims(4, 2, 3, 3), "initializer w: has 216 bytes of data; .* asks for 288"),
    "strings": (changed(strings), "initializer w: type string is not supported"),
    "no type": (changed(lambda p: p.graph.input[0].ClearField("type")), "tensor x has no type"),
    "no shape": (changed(lambda p: p.graph.input[0].type.tensor_type.ClearField("shape")),
                 "input x has no shape"),
    "no outputs": (changed(lambda p: p.graph.ClearField("output")), "1 inputs and 0 outputs"),
    "no such output": (changed(lambda p: setattr(p.graph.output[0], "name", "q")),
                       "output q is made by no node"),
    "input as output": (changed(lambda p: setattr(p.graph.output[0], "name", "x")),
                        "output x is made by no node"),
    "made twice": (network(QW, conv(), node("Relu", "c", "c", "again"), QACT), "c is made twice"),
    "cycle": (network(QW, conv("c2 wq"), node("Relu", "c", "c2", "r"), QACT), "cycle.* conv, r"),
    "opset 99": (changed(lambda p: setattr(p.opset_import[0], "version", 99)), "version 99"),
    "no opset": (changed(lambda p: p.ClearField("opset_import")), "no version of ONNX"),
    "newer format": (changed(lambda p: setattr(p, "ir_version", 99)), "ir_version 99"),
    "branches": (branches(), "node if .If.: operators with a graph of their own"),
    "functions": (changed(lambda p: p.functions.add(name="f", domain="d")), "local functions"),
    "40 GB by shape": (of_constants("ConstantOfShape", "shp", shp=BIG), "mul|big"),
    "40 GB by expansion": (of_constants("Expand", "one shp", shp=BIG), "mul|big"),
    "1.6 GB by broadcast": (
        of_constants("Add", "a b", a=np.ones((1, 1, 20000, 1)), b=np.ones((1, 1, 1, 20000))),
        "mul|big",
    ),
    "endless range": (of_constants("Range", "one b one", b=1e12), "mul|big"),
    "by chance": (network(node("RandomNormal", "", "k1", "r", shape=[1]),
                          node("Mul", "xq k1", "c", "m"), QACT),
                  "node r .RandomNormal.: operator RandomNormal is not supported"),
    "wide image": (changed(lambda p: setattr(
        p.graph.input[0].type.tensor_type.shape.dim[2], "dim_value", 2**40)), "tensor x has shape"),
    "wide padding": (network(QW, conv(pads=[2**19] * 4), QACT), "node conv .Conv.: its result"),
    "operators": (network(*[node("Relu", "xq" if not i else f"r{i}", f"r{i + 1}") for i in
                            range(1100)]), "the model has 1101 operators; expected at most 1000"),
}  # fmt: skip


def run(proto, folder):
    path = folder / "m.onnx"
    path.write_bytes(proto.SerializeToString())
    return streamline(prepare(load_qonnx(path)))


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name, tmp_path):
    proto, message = REFUSED[name]
    began = time.monotonic()
    with pytest.raises(FlowError, match=message):
        run(proto, tmp_path)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("op", ["Identity", "Dropout"])
def test_thousands_of_nodes_that_pass_their_input_on(op, tmp_path):
    chain = [node(op, f"i{i}", f"i{i + 1}") for i in range(3000)]
    chain[0].input[0] = "xq"
    nodes = [*reversed(chain), QW, conv("i3000 wq"), QACT]
    began = time.monotonic()
    model = run(network(*nodes), tmp_path)
    assert [n.op_type for n in model.graph.node].count("Conv") == 1
    assert time.monotonic() - began < 60


def test_constants_that_are_inputs_too(tmp_path):
    """Brevitas' export under torch 2.13 lists every weight so, folded ones and neighbours too."""
    bn = node("BatchNormalization", "c gain shift mean var", "n", "bn")
    act = node("Quant", "n one zero b4", "y", "qact")
    values = {name: np.ones(3) for name in ("gain", "shift", "mean", "var")}
    proto, both = (network(QW, conv(), bn, act, **values) for _ in range(2))
    for constant in both.graph.initializer:
        shape = tuple(constant.dims)
        both.graph.input.append(helper.make_tensor_value_info(constant.name, 1, shape))
    made = [run(one, tmp_path) for one in (proto, both)]
    assert [one.name for one in made[1].graph.input] == ["global_in"]
    assert made[0].graph.SerializeToString() == made[1].graph.SerializeToString()


def test_no_more_memory_than_there_is_need_for(tmp_path):
    """A file that claims terabytes is refused by a process that may have one gigabyte more."""
    path = tmp_path / "m.onnx"
    path.write_bytes(dims(2**30, 2**10, 3, 3).SerializeToString())
    code = f"""
import pathlib, resource
from flows.build.steps.import_model import load_qonnx
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (1 << 30),) * 2)
load_qonnx(pathlib.Path({str(path)!r}))
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert "Error: initializer w: shape" in done.stderr
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 4 << 20


# --- external data ------------------------------------------------------------------------------


def external(folder, **entries):
    """A model whose weights are in w.bin of its folder; its path. entries: others than usual."""
    proto = network(QW, conv(), QACT)
    tensor = initializer(proto)
    (folder / "w.bin").write_bytes(b"head" + W.tobytes())
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    given = {"location": "w.bin", "offset": "4", "length": "216", **entries}
    for key, value in given.items():
        if value is not None:
            tensor.external_data.add(key=key, value=value)
    path = folder / "m.onnx"
    path.write_bytes(proto.SerializeToString())
    return path


@pytest.mark.parametrize("entries", [{}, {"length": None}, {"location": "./w.bin"}])
def test_external_data(tmp_path, entries):
    model = load_qonnx(external(tmp_path, **entries))
    np.testing.assert_array_equal(numpy_helper.to_array(initializer(model.model)), W)


OUTSIDE = "lies outside of the model's folder|is no file of the model's folder"


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"location": "none.bin"}, "no file 'none.bin' in the model's folder"),
        ({"location": "../w.bin"}, OUTSIDE),
        ({"location": "a/../../secret"}, OUTSIDE),
        ({"location": "/etc/passwd"}, OUTSIDE),
        ({"location": "link"}, OUTSIDE),
        ({"location": "links/secret"}, OUTSIDE),
        ({"location": "pipe"}, "no file 'pipe'"),
        ({"location": ""}, OUTSIDE),
        ({"location": "."}, "no file"),
        ({"offset": "8"}, "ends before its data"),
        ({"offset": "-4"}, "external offset = '-4'"),
        ({"length": "99"}, "99 bytes of external data in w.bin; shape .* asks for 216"),
        ({"length": "9" * 400}, "external length"),
    ],
)
def test_external_data_that_is_not_there(tmp_path, entries, message):
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret").write_bytes(b"head" + W.tobytes())
    (tmp_path / "w.bin").write_bytes(b"head" + W.tobytes())
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "links").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    path = external(folder, **entries)
    with pytest.raises(FlowError, match=message) as raised:
        load_qonnx(path)
    assert "initializer w" in str(raised.value) and str(path) in str(raised.value)


def test_fingerprint_covers_external_data(tmp_path):
    config = BuildConfig(external(tmp_path), tmp_path / "build")
    before = config.fingerprint()["model"]
    (tmp_path / "w.bin").write_bytes(b"head" + (2 * W).tobytes())
    assert config.fingerprint()["model"] != before
    (tmp_path / "w.bin").unlink()
    with pytest.raises(FlowError, match=r"no file .w\.bin. in"):
        config.fingerprint()


def test_files_that_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "none", "/dev/zero"):
        with pytest.raises(FlowError, match="expected a QONNX model"):
            load_qonnx(type(tmp_path)(path))


def test_onnx_own_external_data(tmp_path):
    """As ``onnx.save`` writes it."""
    path = tmp_path / "m.onnx"
    onnx.save(network(QW, conv(), QACT), str(path), save_as_external_data=True,
              location="all.bin", size_threshold=0)  # fmt: skip
    assert (tmp_path / "all.bin").is_file()
    model = streamline(prepare(load_qonnx(path)))
    assert "Conv" in [n.op_type for n in model.graph.node]


# --- damaged files ------------------------------------------------------------------------------


def test_name_that_is_not_utf8(tmp_path):
    path = tmp_path / "m.onnx"
    data = network(QW, conv(), QACT).SerializeToString()
    path.write_bytes(data.replace(b"qact", b"q\xffct"))
    with pytest.raises(FlowError, match="a name is not UTF-8"):
        load_qonnx(path)


NUMBERS = [0, -1, 1, 3, 2**31, 2**40, 2**62, -(2**63), 1000]
OPERATORS = ["Quant", "Conv", "Mul", "MaxPool", "Reshape", "Shape", "Concat", "Clip", "Dropout",
             "BatchNormalization", "Tile", "Gather", "Pad", "PRelu"]  # fmt: skip


def damage(proto, rng):
    """Change one thing of a model."""
    one, tensor = rng.choice(proto.graph.node), rng.choice(proto.graph.initializer)
    attribute = rng.choice(one.attribute) if one.attribute else None
    kind = rng.randrange(9)
    if kind == 0 and attribute is not None:
        attribute.type = rng.randrange(12)
    elif kind == 1 and attribute is not None and attribute.ints:
        attribute.ints[rng.randrange(len(attribute.ints))] = rng.choice(NUMBERS)
    elif kind == 2 and attribute is not None:
        attribute.i, attribute.f, attribute.s = rng.choice(NUMBERS), float("nan"), b"\xa6\n"
    elif kind == 3 and one.input:
        one.input[rng.randrange(len(one.input))] = rng.choice(["", "x", "nowhere", tensor.name])
    elif kind == 4:
        one.op_type = rng.choice(OPERATORS)
    elif kind == 5:
        tensor.dims[:] = [rng.choice([*NUMBERS, 1, 2]) for _ in range(rng.randrange(6))]
    elif kind == 6 and tensor.raw_data:
        tensor.raw_data = bytes(rng.choice([0, 0x7F, 0xFF, 0x80]) for _ in tensor.raw_data)
    elif kind == 7:
        tensor.data_type = rng.randrange(24)
    else:
        one.input.append(rng.choice(["", tensor.name]))


@pytest.mark.parametrize(
    "seeds", [range(60), *(pytest.param(range(s, s + 500), marks=pytest.mark.slow)
                           for s in range(1000, 3000, 500))],
)  # fmt: skip
def test_damaged_models(seeds, tmp_path):
    """Built or refused in few lines, whatever is changed; another error ends this test."""
    refused = 0
    for seed in seeds:
        rng, net = random.Random(seed), random_network(seed % 40)
        for _ in range(rng.choice([1, 1, 2, 3])):
            damage(net.proto, rng)
        path = tmp_path / "m.onnx"
        path.write_bytes(net.proto.SerializeToString())
        began = time.monotonic()
        try:
            streamline(prepare(load_qonnx(path)), net.input_scale)
        except FlowError as error:
            refused += 1
            assert len(str(error).splitlines()) < 40, seed
        assert time.monotonic() - began < 20, seed
    assert refused > len(seeds) // 2
