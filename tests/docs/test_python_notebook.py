"""docs/python.ipynb, run as it stands in a folder of its own."""

import json
from pathlib import Path

NOTEBOOK = Path(__file__).resolve().parents[2] / "docs" / "python.ipynb"


def test_notebook(tmp_path, monkeypatch, capsys):
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    monkeypatch.chdir(tmp_path)
    names = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            exec("".join(cell["source"]), names)
    said = capsys.readouterr().out
    assert "<dupnet-tinier-yolo, 512 x 512, threshold 0.274> [Box(left=" in said
    assert len(names["boxes"]) == 1
    assert float(said.partition("from Brevitas: ")[2].partition("\n")[0]) < 1e-5
    assert (tmp_path / "build" / "tiny" / "report" / "report.html").is_file()
