"""Networks of the field: what Brevitas exports of them maps, and agrees with the file."""

import json

import pytest
import yaml

from flows.build.build import Build
from flows.build.sequence import run_steps
from tests.flows.importing.known_networks import NETWORKS, export

FAST = ("jets_mlp",)


def verified(name, folder, qcdq=False):
    """Build as far as the comparison with the file; what it says."""
    scale = export(name, folder / "file.onnx", qcdq)
    data = {"model": "file.onnx", "output_dir": "build", "target_fps": 100}
    if scale is not None:
        data["input_scale"] = scale
    (folder / "config.yaml").write_text(yaml.safe_dump(data))
    build = Build.load(folder / "config.yaml")
    run_steps(build, stop="verify_import")
    return json.loads((build.folder / "report" / "verify_import.json").read_text())


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n in FAST else pytest.mark.slow) for n in NETWORKS]
)
def test_it_maps_and_agrees_with_the_file(name, tmp_path):
    result = verified(name, tmp_path)
    assert result["mismatches"] == 0
    assert len(result["boundaries"]) >= 5
    assert sum(entry["thresholds"] for entry in result["levels"].values()) > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["jets_mlp", "kws_mlp", "radio_vgg10"])
def test_as_onnx_own_quantizers(name, tmp_path):
    assert verified(name, tmp_path, qcdq=True)["mismatches"] == 0
