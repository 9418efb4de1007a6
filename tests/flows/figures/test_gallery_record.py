"""The gallery's record says what ran, what failed and what did not run."""

import json
from pathlib import Path

from flows.figures.gallery import _finn_figure, gallery

RESOURCES = {"LUT": 1200, "BRAM_36K": 1, "BRAM_18K": 3, "DSP": 2}


def test_rows(tmp_path: Path) -> None:
    stages = {
        "map": {"ok": True},
        "verify": {"ok": True, "boundaries": 5, "thresholds": 1234},
        "emulate": {"ok": True, "outputs": 30, "outputs_that_differ": 2},
        "build": {"ok": True, "modelled_clocks": 1500},
        "rtlsim": {"ok": True, "until": "Quant_3", "layers": 2, "boundaries": 4, "frames": 2,
                   "clocks": 1400, "modelled_clocks": 1400},
        "cppsim": {"ok": True, "skipped": "left out"},
        "synth": {"ok": True, "whole": RESOURCES, "like_finn": {**RESOURCES, "LUT": 1000}},
        "finn": {"ok": True, "clocks": 2000, "target": 1600},
        "finn_synth": {"ok": False, "reason": "a | b"},
        "pixel": {"ok": True, "clocks": 1100, "pixels": 1000},
    }  # fmt: skip
    for stage, found in stages.items():
        late = stage in ("synth", "pixel")
        found |= {"date": "2026-11-27", "commit": "def" if late else "abc"}
    networks = [
        {"name": "a", "source": "s", "shape": [1, 2], "target_fps": 1000.0, "stages": stages},
        {"name": "b", "source": "s", "shape": [3], "target_fps": 10,
         "stages": {"map": {"ok": False, "reason": "node x", "date": "2026-11-26", "commit": ""},
                    "pixel": {"ok": True, "skipped": "x", "date": "2026-11-27", "commit": "e+"}}},
    ]  # fmt: skip
    (tmp_path / "gallery").mkdir()
    data = json.dumps({"networks": networks})
    (tmp_path / "gallery" / "gallery.json").write_text(data, encoding="utf-8")
    values, tables = gallery(tmp_path)
    assert values == {
        **{"networks": 2, "mapped": 1, "equal-to-the-file": 1, "equal-to-brevitas": 0},
        **{"built": 1, "simulated": 1, "synthesized": 1, "mapped-by-finn": 1},
        "synthesized-of-finn": 0,
    }
    assert tables["exact"].rows == [
        ["`a`", "s", "1 x 2", "yes: 5 tensors, 1,234 thresholds", "2 of 30 outputs differ",
         "yes: 4 tensors, 2 inputs; the first 2 layers, to `Quant_3`", "left out"],
        ["`b`", "s", "3", "no, see below", "not run", "not run", "not run"],
    ]  # fmt: skip
    assert tables["figures"].rows[0] == [
        "`a`", "1,000", "1,400 (of those layers; timing model of them: 1,400)", "1,500",
        "2,000 (misses the target)", "1,200", "2.5", "2", "1,000", "no, see below", "2.5",
        "no, see below", "no, see below",
    ]  # fmt: skip
    assert tables["figures"].rows[1][2:] == ["not run"] * 11
    assert tables["failed"].rows == [
        ["`a`", "FINN's RTL by yosys", "a / b"],
        ["`b`", "map", "node x"],
    ]
    assert tables["pixel"].rows == [["`a`", 1000, 1100, 1.1]]
    assert tables["states"].rows == [
        ["`a`", "2026-11-27",
         "`abc`: map, verify, emulate, build, rtlsim, cppsim, finn, finn_synth; "
         "`def`: synth, pixel"],
        ["`b`", "2026-11-26", "`no git`: map"],
        ["`b`", "2026-11-27", "`e+`: pixel"],
    ]  # fmt: skip


def test_finns_luts_say_what_is_not_in_them() -> None:
    found = {"resources": RESOURCES, "left_out": {"Pool_hls": 2, "ElementwiseAdd_hls": 8}}
    assert _finn_figure(found, "LUT") == "1,200, without 8 ElementwiseAdd_hls, 2 Pool_hls"
    assert _finn_figure(found, "BRAM36") == "2.5"
    assert _finn_figure({**found, "left_out": {}}, "LUT") == "1,200"
