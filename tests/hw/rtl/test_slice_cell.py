"""slice_add and slice_add_sub as a DSP48E1, by yosys' model of it: sums and differences."""

import subprocess

from hw import RTL_DIR
from hw.synth.netlist import cell_models
from hw.tools.verilator import find_verilator

TOP = """module top (input logic clk, input logic valid, input logic first, input logic [47:0] a,
            input logic [47:0] b, output logic [47:0] all, output logic [35:0] one,
            input logic less, output logic [29:0] other);
  slice_add_sub #(.Width(30)) i_other (
    .clk_i(clk), .less_i(less), .a_i(a[29:0]), .b_i(b[29:0]), .sum_o(other));
  slice_add #(.Width(48), .Accumulate(1'b1)) i_all (
    .clk_i(clk), .valid_i(valid), .first_i(first), .a_i(a), .b_i(b), .sum_o(all));
  slice_add #(.Width(36)) i_one (
    .clk_i(clk), .valid_i(1'b1), .first_i(first), .a_i(a[35:0]), .b_i(b[35:0]), .sum_o(one));
endmodule
"""
#: Random words; sums are computed here, modulo 2**48 and 2**36.
MAIN = """#include "Vtop.h"
#include <cstdio>
#include <random>
int main() {
  Vtop t;
  std::mt19937_64 random(1);
  const uint64_t wide = (1ull << 48) - 1, narrow = (1ull << 36) - 1;
  uint64_t all = 0;
  int bad = 0, first = 0;
  for (int i = 0; i < 5000; i++) {
    uint64_t a = random() & wide, b = random() & wide;
    bool valid = i == 0 || (random() & 1), begins = i == 0 || random() % 4 == 0;
    bool less = random() & 1;
    t.a = a; t.b = b; t.valid = valid; t.first = begins; t.less = less;
    t.clk = 0; t.eval(); t.clk = 1; t.eval();
    if (valid) all = (a + b + (begins ? 0 : all)) & wide;
    first += valid && begins;
    bad += t.other != ((less ? a - b : a + b) & ((1ull << 30) - 1));
    bad += t.all != all || t.one != ((a + b) & narrow);
  }
  std::printf("%d begun, %d wrong", first, bad);
}
"""


def test_the_cell_adds_as_the_plain_form(tmp_path):
    verilator = find_verilator()
    text = cell_models().read_text(encoding="utf-8")
    start = text.index("module DSP48E1 (")
    cell = text[start : text.index("endmodule", start)] + "endmodule\n"
    for name, content in {"top.sv": TOP, "main.cpp": MAIN, "cell.v": cell}.items():
        (tmp_path / name).write_text(content)
    cells = [RTL_DIR / f"{name}.sv" for name in ("slice_add", "slice_add_sub")]
    sources = ["top.sv", *map(str, cells), "cell.v", "main.cpp"]
    options = ["--cc", "--exe", "--build", "-Wno-fatal", "-Wno-lint", "-Wno-style"]
    options += ["--top-module", "top", "-CFLAGS", "-O0", "-DSLICE_DSP48E1"]
    built = subprocess.run(
        verilator.command([*options, *sources]),
        cwd=tmp_path,
        env=verilator.environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    binary = tmp_path / "obj_dir" / "Vtop"
    done = subprocess.run([binary], capture_output=True, text=True, check=True, timeout=60)
    begun, wrong = (int(word) for word in done.stdout.replace(" begun,", "").split()[:2])
    assert wrong == 0
    assert 500 < begun < 1000
