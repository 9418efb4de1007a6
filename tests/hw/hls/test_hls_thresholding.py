"""thresholding.hpp and threshold_count.hpp: every count of thresholds, every sign."""

import pytest

from hw.errors import HardwareError
from hw.ops.hls_base import hls_variant
from tests.hw.hls.bench import run_hls_bench
from tests.hw.hls.mvau_cases import ThresholdingCase, random_thresholdings, thresholding_model

CASES = [
    ThresholdingCase(5, 6, 6, 3, "INT6"),
    ThresholdingCase(5, 6, 1, 3, "UINT8", bias=-2, style="block"),
    ThresholdingCase(5, 6, 2, 1, "INT4", style="distributed"),
    ThresholdingCase(5, 1, 1, 1, "UINT1"),
    ThresholdingCase(5, 3, 3, 15, "INT8", bias=-8, common=True),
    ThresholdingCase(40, 2, 1, 14, "INT5"),
    # searched: as many as the count's bits hold, one less, one more
    ThresholdingCase(40, 2, 2, 31, "INT6"),
    ThresholdingCase(40, 2, 2, 30, "UINT6"),
    ThresholdingCase(40, 2, 1, 16, "INT6", bias=4),
    ThresholdingCase(64, 2, 1, 255, "UINT8"),
    ThresholdingCase(64, 2, 1, 256, "UINT9"),
    # widths at which built-in integers change
    ThresholdingCase(6, 2, 2, 3, "UINT16"),
    ThresholdingCase(6, 2, 2, 3, "INT32"),
    ThresholdingCase(6, 2, 2, 20, "UINT32"),
    ThresholdingCase(6, 2, 2, 20, "INT40"),
]


def test_bench(tmp_path):
    cases = [*CASES, *random_thresholdings(10, 6)]
    models = [thresholding_model(case, seed) for seed, case in enumerate(cases)]
    run_hls_bench(models, tmp_path, frames=4)


def test_refusals():
    model = thresholding_model(ThresholdingCase(1, 4, 2, 3, "INT8"), 1)
    op = hls_variant(model.graph.node[0])
    op.set_nodeattr("PE", 3)
    with pytest.raises(
        HardwareError, match=r"^node StreamThresholding_rtl: PE = 3 does not divide"
    ):
        op.check()
    op.set_nodeattr("PE", 2)
    op.set_nodeattr("outputDataType", "UINT1")
    with pytest.raises(HardwareError, match=r"output data type BINARY does not hold 0 to 3"):
        op.hls_parameters(model)
