"""The table of proofs: what is not proven, and faults that are not found, are seen in it."""

import json
from pathlib import Path

import pytest

from hw.formal.__main__ import main
from hw.formal.run import PROOFS
from hw.formal.table import END, START, table

PAGE = Path(__file__).parents[3] / "docs" / "method" / "proofs.md"


def run(asked: str, *, right: bool, shape: dict[str, object], seconds: float = 1.0):
    return {
        "module": "m",
        "states": "order",
        "shape": shape,
        "asked": asked,
        "outcome": "unfinished",
        "right": right,
        "seconds": seconds,
    }


def test_rows_count_what_is_right_alone():
    runs = [
        run("proof", right=True, shape={"Depth": 2, "IsSigned": "1'b1"}, seconds=1.4),
        run("cover", right=True, shape={"Depth": 2}, seconds=50),
        run("proof", right=True, shape={"MemFile": "x"}, seconds=2.0),
        run("proof", right=False, shape={"Depth": 9}, seconds=600),
        run("fault a", right=True, shape={}, seconds=50),
        run("fault b", right=False, shape={}, seconds=50),
    ]
    assert table(runs).split("\n")[2:] == [
        "| `m` | order | Depth 2, IsSigned 1; the harness' own (1 more not proven) | 1 of 2 | 3 |"
    ]


def test_a_module_without_proofs_is_refused(capsys):
    assert main(["stream_fofo"]) != 0
    assert "no proofs of stream_fofo; there are those of adder_tree," in capsys.readouterr().err


def test_a_page_is_renewed_between_its_marks(tmp_path: Path):
    page, read = tmp_path / "page.md", tmp_path / "proofs.json"
    page.write_text(f"# A\n\n{START}\nold\n{END}\n\nrest\n")
    runs = [
        run("proof", right=False, shape={"Depth": 9}, seconds=600),
        run("cover", right=True, shape={"Depth": 9}),
        run("fault a", right=True, shape={"Depth": 9}, seconds=1000),
    ]
    read.write_text(json.dumps(runs))
    assert main(["--read", str(read), "--page", str(page)]) == 0
    assert page.read_text() == (
        f"# A\n\n{START}\n\n{table(runs)}\n\n"
        "1 proofs, 1 covers and 1 planted faults in 1,601 s of yosys and ABC; "
        "1 without the outcome that they must have.\n"
        f"- `m`, Depth 9, proof: unfinished\n\n{END}\n\nrest\n"
    )


@pytest.mark.parametrize(
    ("page", "read", "message"),
    [
        ("no marks", "[]", f"page.md: expected the lines {START} and {END}"),
        (f"{START}\n", "[]", f"page.md: expected the lines {START} and {END}"),
        (f"{START}\n{END}\n", '[{"module": 3}]', "expected what `make proofs` writes"),
    ],
)
def test_a_page_or_record_that_is_none(page, read, message, tmp_path: Path, capsys):
    (tmp_path / "page.md").write_text(page)
    (tmp_path / "proofs.json").write_text(read)
    words = ["--read", str(tmp_path / "proofs.json"), "--page", str(tmp_path / "page.md")]
    assert main(words) == 1
    assert message in capsys.readouterr().err
    assert (tmp_path / "page.md").read_text() == page
    assert main(["stream_fifo", *words]) == 2
    assert "--read proves nothing" in capsys.readouterr().err


def test_the_page_is_of_the_catalogue():
    """The same proofs, shapes and faults, each found: all but the seconds, which a run measures."""
    runs = [
        {"module": p.module, "states": p.states, "shape": shape, "asked": asked, "right": True}
        for p in PROOFS
        for asked, shapes in (
            ("proof", p.shapes),
            ("cover", p.shapes),
            ("fault", [p.shapes[fault.shape] for fault in p.faults]),
        )
        for shape in shapes
    ]
    text = PAGE.read_text(encoding="utf-8")
    page = text.partition(START)[2].partition(END)[0].strip().split("\n")
    made = table([{**run, "seconds": 0.0} for run in runs]).split("\n")
    without_seconds = [line.rpartition("|")[0].rpartition("|")[0] for line in page[: len(made)]]
    assert without_seconds == [line.rpartition("|")[0].rpartition("|")[0] for line in made]
    asked = [sum(run["asked"] == kind for run in runs) for kind in ("proof", "cover", "fault")]
    assert page[len(made)] == ""
    assert page[len(made) + 1].startswith("{} proofs, {} covers and {} planted".format(*asked))
    assert page[len(made) + 1].endswith("; 0 without the outcome that they must have.")
