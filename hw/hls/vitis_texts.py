"""README.md and run_all.sh of a Vitis HLS project."""

import shlex
from collections.abc import Sequence


def readme(top: str, part: str, clock_ns: float, operators: int, frames: int, limit: int) -> str:
    """Text of README.md. limit: bytes that the vectors of a stream may take."""
    return f"""# Vitis HLS project of {top}

{operators} operators and the whole network, for {part} at {clock_ns:g} ns; vectors of {frames}
frame(s) for each. Generated. The folder may be moved as a whole (to a path without blanks).

Where Vitis HLS 2020.2 or newer is on the PATH (`source <Xilinx>/settings64.sh`):

    sh run_all.sh              # everything; a second call goes on where the first was stopped
    sh run_all.sh {top}        # one or more of them

Each runs C simulation, synthesis, co-simulation against the vectors, and export of the IP
(`project_<name>/sol1/impl/ip`), and leaves `finished` or `failed` beside its `hls_syn_<name>.tcl`.
Copied back to where it was written, `python -m flows hls CONFIG` reads the results.
The co-simulation of the whole network takes hours for large frames. Vectors are raw beats, packed
as TDATA; those of one stream take at most {limit >> 20} MiB.

Without Vitis HLS each test bench can be compiled and run (0 is returned if all beats are equal):

    D=region/{top}    # or operators/<node>; of camera/<top level> without testbench.cpp
    g++ -std=c++14 -O2 -DDF_CPPSIM -DDF_PLAIN -Wno-unknown-pragmas -Iinclude \\
      -Iinclude/stand_ins -I$D $D/*.cpp testbench.cpp -o bench && ./bench vectors
"""


def run_all(units: Sequence[tuple[str, str, str]]) -> str:
    """Text of run_all.sh. units: (folder, name, digest)."""
    calls = "\n".join(f"unit {shlex.join(unit)}" for unit in units)
    names = " ".join(name for _, name, _ in units)
    return f"""#!/bin/sh
# Runs Vitis HLS on every top level that is not done yet, or on those named. Generated.
cd "$(dirname "$0")" || exit 1
wanted="$*"
known="{names}"
failures=0

for name in "$@"; do
  case " $known " in
    *" $name "*) ;;
    *) echo "no top level $name; there are: $known" >&2; exit 1 ;;
  esac
done

if command -v vitis_hls >/dev/null 2>&1; then
  tool() {{ vitis_hls -f "$1"; }}
elif command -v vitis-run >/dev/null 2>&1; then
  tool() {{ vitis-run --mode hls --tcl "$1"; }}
else
  echo "Vitis HLS is missing: neither vitis_hls nor vitis-run is on the PATH" >&2
  exit 1
fi

unit() {{ # folder, name, digest of the sources
  case "$wanted" in
    "") ;;
    *) case " $wanted " in *" $2 "*) ;; *) return ;; esac ;;
  esac
  if [ "$(cat "$1/finished" 2>/dev/null)" = "$3" ]; then
    echo "$2: done before"
    return
  fi
  echo "$2: running (log: $1/run.log)"
  rm -f "$1/finished" "$1/failed"
  (cd "$1" && tool "hls_syn_$2.tcl") >"$1/run.log" 2>&1 </dev/null
  if [ "$(cat "$1/finished" 2>/dev/null)" = "$3" ]; then
    echo "$2: finished"
  else
    echo "$2: FAILED: $(tail -n +2 "$1/failed" 2>/dev/null || tail -n 1 "$1/run.log")" >&2
    failures=$((failures + 1))
  fi
}}

{calls}

[ "$failures" -eq 0 ] || {{ echo "$failures failed" >&2; exit 1; }}
"""
