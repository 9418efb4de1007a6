"""Some of the small files through the whole flow: integers of emulator and RTL are equal."""

import numpy as np
import pytest

from flows.__main__ import main
from tests.flows.importing.features.reference import build_of
from tests.flows.importing.test_features import FILES, SCALES

FAST = "dense-behind_flatten"
OTHERS = [
    *(
        "dense-matmul_bias",
        "dense-dense_of_rows_flattened",
        "dense-dense_of_image",
    ),
    *(
        "layouts-one_dimension",
        "layouts-channels_last_input",
        "layouts-pad_one_side",
    ),
    *(
        "quantizers-multithreshold_offset",
        "quantizers-qcdq_odd_zero",
        "quantizers-bipolar_finn",
    ),
    *(
        "functions-swish",
        "functions-gelu_by_erf",
        "functions-falling_slopes",
    ),
    *(
        "functions-hard_swish_unsigned",
        "functions-swish_dense",
    ),
]


@pytest.mark.parametrize("name", [FAST, *(pytest.param(n, marks=pytest.mark.slow) for n in OTHERS)])
def test_rtl_is_the_emulator(name, tmp_path, capsys):
    build = build_of(FILES[name](), tmp_path, SCALES.get(name), target_fps=100_000)
    config = str(tmp_path / "config.yaml")
    assert main(["build", config]) == 0, capsys.readouterr().err
    height, width, channels = (
        int(d.dim_value)
        for d in build.model("streamline").graph.input[0].type.tensor_type.shape.dim[1:]
    )
    frames = np.random.default_rng(2).integers(0, 256, (2, height, width, channels), np.uint8)
    np.save(tmp_path / "frames.npy", frames)
    options = ["--input", str(tmp_path / "frames.npy"), "--output", str(tmp_path / "out.npy")]
    assert main(["rtlsim", config, *options, "--stalls", "0.2"]) == 0, capsys.readouterr().err
    assert "all integers equal" in capsys.readouterr().out
