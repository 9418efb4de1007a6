"""The table of proofs: what is not proven, and faults that are not found, are seen in it."""

from hw.formal.__main__ import main
from hw.formal.table import table


def run(asked: str, *, right: bool, shape: dict[str, object], seconds: float = 1.0):
    return {
        "module": "m",
        "states": "order",
        "shape": shape,
        "asked": asked,
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
