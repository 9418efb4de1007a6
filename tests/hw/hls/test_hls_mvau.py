"""mvau.hpp, code_sums.hpp: exact for all codings, foldings, signs, counts; widths checked."""

import pytest

from hw.errors import HardwareError
from hw.ops.hls_base import hls_variant
from tests.hw.bench import model_beats
from tests.hw.hls.bench import HlsProgram, run_hls_bench, run_program, write_bench
from tests.hw.hls.cases import stream_model
from tests.hw.hls.compiling import HEADERS
from tests.hw.hls.mutation import change_header, change_source
from tests.hw.hls.mvau_cases import BINARY, DOUBLED, THREE, MvauCase, mvau_model, random_mvaus

DSP, SEARCH = {"resType": "dsp"}, {"threshold_search": 1}
CASES = [
    # one PE and one lane; all of both: one beat in, one out
    MvauCase(4, 8, 4, 1, 1),
    MvauCase(4, 8, 4, 8, 4),
    MvauCase(3, 8, 4, 8, 1, style="block"),
    MvauCase(3, 8, 4, 1, 4, style="distributed"),
    MvauCase(2, 1, 1, 1, 1, datatype="UINT1", thresholds=1),
    # more than two levels; constant weights; no negative ones; a step that is no power of two
    MvauCase(3, 12, 6, 4, 3, THREE, "UINT8"),
    MvauCase(3, 12, 6, 4, 2, DOUBLED, window=(2, 3)),
    MvauCase(3, 12, 6, 6, 2, (5,), "UINT3"),
    MvauCase(3, 12, 6, 3, 6, (-3,), "INT3", 0),
    MvauCase(3, 12, 6, 3, 6, (0, 1), "UINT4"),
    MvauCase(3, 12, 6, 12, 2, (0,), "UINT4", 1),
    MvauCase(3, 12, 6, 4, 6, (-9, -2, 5, 19), "INT4", 0),
    MvauCase(3, 12, 6, 2, 3, tuple(range(-128, 128)), "INT8", 0),
    # signed activations, as deep as there are
    MvauCase(3, 16, 4, 16, 2, BINARY, "INT8", 3),
    MvauCase(3, 16, 4, 4, 2, BINARY, "INT2", 3, bias=-2),
    MvauCase(3, 16, 4, 8, 4, THREE, "INT3", 0),
    # sums at the limits of 8, 16 and 32 bits
    MvauCase(2, 85, 2, 85, 2, BINARY, "UINT2", 0),
    MvauCase(2, 86, 2, 86, 1, BINARY, "UINT2", 3),
    MvauCase(2, 257, 2, 257, 1, BINARY, "UINT8", 3),
    MvauCase(2, 258, 2, 129, 1, BINARY, "UINT8", 3),
    MvauCase(2, 6, 2, 6, 1, (-40000, 40000), "INT16", 0),
    MvauCase(2, 6, 2, 3, 1, (-40000, 40000), "UINT24", 0),
    # comparators in parallel, and search by halving: full, and with counts that are never reached
    MvauCase(6, 8, 4, 4, 2, BINARY, "UINT8", 15),
    MvauCase(6, 8, 4, 4, 2, BINARY, "UINT8", 16, bias=-8),
    MvauCase(6, 8, 4, 4, 4, BINARY, "UINT8", 31),
    MvauCase(6, 8, 4, 8, 4, BINARY, "INT8", 255),
    MvauCase(6, 8, 4, 8, 2, BINARY, "UINT8", 300),
    # products in DSP slices, and searches, which C++ does as ever: two, three and six codes a word,
    # rows that fill none, both signs
    MvauCase(3, 12, 6, 3, 3, tuple(range(-8, 8)), "UINT4", 15, more=DSP),
    MvauCase(3, 12, 7, 4, 7, tuple(range(-8, 8)), "INT4", 0, more=DSP),
    MvauCase(3, 12, 5, 6, 5, tuple(range(-128, 128)), "INT8", 255, more=DSP | SEARCH),
    MvauCase(3, 12, 7, 1, 7, (-3, -1, 1, 3), "INT2", 0, more=DSP),
    MvauCase(3, 12, 4, 6, 2, tuple(range(200)), "UINT16", 0, more=DSP),
    MvauCase(3, 12, 4, 4, 2, THREE, "UINT8", 20, more=SEARCH),
    # foldings of the network
    MvauCase(2, 27, 16, 9, 8, DOUBLED, "UINT8", window=(9, 1)),
    MvauCase(2, 144, 8, 72, 4, window=(9, 8)),
    MvauCase(2, 144, 8, 36, 2, datatype="UINT4", window=(9, 4)),
    MvauCase(2, 144, 8, 16, 2, datatype="UINT5"),
]


def test_bench(tmp_path):
    cases = [*CASES, *random_mvaus(12, 5)]
    models = [mvau_model(case, seed) for seed, case in enumerate(cases)]
    run_hls_bench(models, tmp_path, frames=4)


def _narrowed_call(program: HlsProgram, argument: int) -> None:
    """Take one bit from a template argument of the only call, and so from the output stream."""
    (op,), (model,) = program.ops, program.models
    given = [str(value).lower() for value in op.hls_parameters(model).values()]
    bits = int(given[argument])
    fewer = [*given[:argument], str(bits - 1), *given[argument + 1 :]]
    change_source(program, f"<{', '.join(given)}>(", f"<{', '.join(fewer)}>(")
    if argument == OUT_BITS:
        stream = op.hls_stream_type("out")
        text = program.source.read_text()
        program.source.write_text(text.replace(stream, stream.replace(str(bits), str(bits - 1), 1)))


#: place of a width among the template arguments
ACC_BITS, OUT_BITS = 12, 15


@pytest.mark.parametrize(
    ("case", "argument", "text"),
    [
        (MvauCase(2, 12, 3, 4, 1), ACC_BITS, r"-?\d+ does not fit 6 signed bits"),
        (MvauCase(2, 12, 3, 4, 1, thresholds=0), OUT_BITS, r"-?\d+ does not fit 6 signed bits"),
        (MvauCase(2, 12, 3, 4, 1), OUT_BITS, "[23] does not fit 1 unsigned bits"),
    ],
)
def test_narrowed_width_is_caught(tmp_path, case, argument, text):
    models = [mvau_model(case, 1)]
    program = write_bench(models, tmp_path)
    _narrowed_call(program, argument)
    inputs, _ = model_beats(models, 4, 1)
    with pytest.raises(AssertionError, match=rf"status 4, width check: {text}"):
        run_program(program, "exact", list(inputs.values()), 4)


@pytest.mark.parametrize(
    ("name", "function", "fewer"),
    [
        ("code_sums.hpp", "sum_bits", 1),
        ("code_sums.hpp", "code_sum_bits", 1),
        ("mvau.hpp", "mvau_term_bits", 2),
    ],
)
def test_static_widths_are_tight(tmp_path, name, function, fewer):
    """Fewer bits than what a header states for a sum are caught."""
    # SIMD 5 of INT3, to -20 in sum: code_sum to -60, WStep times that to -120, WMin * sum to 100;
    # the last function is that of the sum of both magnitudes, which have opposite signs
    models = [mvau_model(MvauCase(3, 5, 4, 5, 2, (-5, -3, -1, 1), "INT3", 0), 1)]
    program = write_bench(models, tmp_path)
    header = (HEADERS / name).read_text()
    start = header.index(f" {function}(")
    body = header[start : header.index(";", start)]
    fewer_bits = body.replace("return ", f"return -{fewer} + ")
    change_header(program, name, body, fewer_bits)
    inputs, _ = model_beats(models, 4, 1)
    with pytest.raises(AssertionError, match=r"status 4, width check: .* does not fit"):
        run_program(program, "exact", list(inputs.values()), 4)


def test_refusals():
    def variant(case: MvauCase):
        model = mvau_model(case, 1)
        return hls_variant(model.graph.node[0]), model

    op, model = variant(MvauCase(1, 1, 2, 1, 1, (-(1 << 30), 1 << 30), "UINT32", 0))
    with pytest.raises(
        HardwareError, match=r"^node MultiLevelMVAU_rtl: the sum of one beat needs "
    ):
        op.hls_parameters(model)
    with pytest.raises(
        HardwareError, match=r"^node MultiLevelMVAU_rtl: accumulators of 69 bits; at"
    ):
        variant(MvauCase(1, 64, 2, 1, 1, (-(1 << 30), 1 << 30), "UINT32", 0))
    op, _ = variant(MvauCase(1, 8, 2, 8, 1, more={"SIMD": 3}))
    with pytest.raises(
        HardwareError, match=r"^node MultiLevelMVAU_rtl: SIMD = 3 does not divide M"
    ):
        op.check()
    op, model = variant(MvauCase(1, 8, 2, 8, 1, more={"outputDataType": "UINT1"}))
    with pytest.raises(HardwareError, match=r"output data type BINARY does not hold 0 to 3"):
        op.hls_parameters(model)
    model = stream_model("StreamMaxPool", (1, 2, 2, 2), "UINT80", PE=1, KernelSize=[2, 2])
    op = hls_variant(model.graph.node[0])
    with pytest.raises(
        HardwareError, match=r"^node StreamMaxPool_rtl: .* 1 to 64 bits, not UINT80"
    ):
        op.hls_stream_type("in")
