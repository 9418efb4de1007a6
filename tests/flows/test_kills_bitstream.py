"""A bitstream whose making was killed, or ran out of space, is never taken for a whole one.

Stand-ins for yosys, nextpnr and ecppack write their files in two parts, with a pause between them.
"""

import errno
import json
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import flows.run.bitstream_serial as flow
import hw.pnr.ecp5 as tools
from flows.__main__ import main
from flows.build.build import Build
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.run.deploy import find_bitfile
from hw.pnr import steps
from hw.tools.nextpnr import Tool
from hw.tools.yosys import Yosys
from tests import killing
from tests.flows.flow import small_network, write_config

#: `slowly FILE` writes standard input to a file. $LATE waits in between for $WAKE, 5 s at most.
SLOWLY = """#!/bin/sh
slowly() {
    text=$(cat)
    printf "%s" "$text" | head -c 3000 > "$1"
    case "${0##*/}" in
        "$LATE") touch ../started; n=0
                 until [ -e ../go ] || [ $n = 500 ]; do sleep 0.01; n=$((n + 1)); done ;;
        "$WAKE") touch ../go; sleep 0.2 ;;
        *) sleep 0.05 ;;
    esac
    printf "%s" "$text" | tail -c +3001 >> "$1"
}
"""
YOSYS = (
    SLOWLY
    + """
{
    printf '{"modules": {"%s": {"cells": {}, "ports": {}}}, "text": "' \\
        "$(sed -n 's/^synth_ecp5 -top //p' script.ys)"
    cat $(sed -n 's/^read_verilog.*CARRY_ADD_ALU //p' script.ys) *.mem | base64 -w 0
    printf '"}'
} | slowly "$(sed -n 's/^write_json //p' script.ys)"
"""
)
NEXTPNR = (
    SLOWLY
    + """
while [ $# -gt 1 ]; do case "$1" in --json) json=$2 ;; --textcfg) config=$2 ;;
    --report) report=$2 ;; esac; shift; done
slowly "$config" < "$json"
slowly "$report" < REPORT
"""
)
ECPPACK = SLOWLY + 'slowly "$3" < "$2"\n'
TOOLS = {"yosys": YOSYS, "nextpnr": NEXTPNR, "ecppack": ECPPACK}
REPORT = {
    "fmax": {"$glbnet$clk": {"achieved": 60.0, "constraint": 50.0}},
    "critical_paths": [],
    "utilization": {"TRELLIS_COMB": {"used": 7, "available": 100}},
}


class Place:
    """A built small network, and the bitfile that an undisturbed run makes."""

    def __init__(self, folder: Path) -> None:
        path = write_config(folder, small_network(), board="ULX3S-85F")
        self.config: Build = Build.load(path)
        run_steps(self.config)
        self.arguments = ["bitstream", path]
        self.file = self.config.folder / "bitfile" / f"{self.config.top}.bit"
        self.work = self.config.folder / "bitstream"
        began = time.monotonic()
        assert self.run() == 0
        self.seconds = time.monotonic() - began
        self.whole = self.file.read_bytes()
        assert len(self.whole) > 10_000
        self.forget()

    def run(self, change: Callable[[], object] = lambda: None) -> int:
        return killing.ended(killing.start(main, self.arguments, change))

    def forget(self) -> None:
        """Let every step run again, and publish nothing."""
        self.file.unlink(missing_ok=True)
        (self.work / "steps.json").unlink(missing_ok=True)
        (self.config.folder / "report" / "bitstream.json").unlink(missing_ok=True)

    def check(self) -> None:
        """Nothing half-made bears the name of a bitfile, and what is vouched for is whole."""
        for path in (self.file, *self.work.glob("*.bit")):
            assert not path.exists() or path.read_bytes() == self.whole
        try:
            found = find_bitfile(self.config)
        except FlowError as error:
            assert "vouches for it" in str(error)
        else:
            assert found in (None, self.file)

    def check_next(self) -> None:
        assert self.run() == 0
        assert find_bitfile(self.config) == self.file
        assert self.file.read_bytes() == self.whole


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    programs = {}
    for name, text in TOOLS.items():
        programs[name] = tmp_path / name
        programs[name].write_text(text.replace("REPORT", str(tmp_path / "report")))
        programs[name].chmod(0o755)
    (tmp_path / "report").write_text(json.dumps(REPORT))
    for name in ("nextpnr", "ecppack"):
        tool = Tool(name, (str(programs[name]),), "1")
        monkeypatch.setattr(tools, f"find_{name}", lambda tool=tool: tool)
    yosys = Yosys((str(programs["yosys"]),), "Yosys 1")
    for module in (flow, steps):
        monkeypatch.setattr(module, "find_yosys", lambda: yosys)
    return Place(tmp_path / "net")


@pytest.mark.parametrize("kills", [3, pytest.param(40, marks=pytest.mark.slow)])
def test_killed_at_random_moments(place: Place, kills: int) -> None:
    moments = random.Random(kills)
    for _ in range(kills):
        place.forget()
        child = killing.start(main, place.arguments)
        killing.kill(child, moments.uniform(0.0, 1.1) * place.seconds)
        place.check()
        place.check_next()


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_that_outlives_its_flow_writes_to_nothing_of_the_next_one_s(
    place: Place, name: str
) -> None:
    """The flow alone is killed; its tool goes on when the next flow's tool is half-way."""
    child = killing.start(main, place.arguments, lambda: os.environ.update(LATE=name))
    while not (place.work.parent / "started").exists():
        assert os.waitpid(child, os.WNOHANG)[0] == 0
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    killing.ended(child)
    place.check()
    assert place.run(lambda: os.environ.update(WAKE=name)) == 0
    assert (place.work.parent / "go").exists()
    assert find_bitfile(place.config) == place.file
    place.check()


@pytest.mark.slow
def test_killed_at_each_of_its_files(place: Place) -> None:
    number, status = 0, -signal.SIGKILL
    while status == -signal.SIGKILL:
        place.forget()
        status = place.run(killing.at_rename(number))
        place.check()
        place.check_next()
        number += 1
    assert status == 0
    assert number > 8


def test_no_space_is_one_line_and_the_next_run_is_right(
    place: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    assert place.run(lambda: killing.small_files(2000)) == 1
    said = capfd.readouterr().err
    assert said.startswith("error: ") and said.count("\n") == 1, said
    assert os.strerror(errno.EFBIG) in said
    assert not place.file.exists()
    place.check()
    place.check_next()


def test_no_space_for_what_a_tool_writes(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    """Enough for the sources, not for the netlist of them all."""
    sources = (path for path in place.work.iterdir() if path.suffix in (".sv", ".mem", ".v"))
    limit = max(path.stat().st_size for path in sources) + 1000
    assert limit < len(place.whole)
    assert place.run(lambda: killing.small_files(limit)) == 1
    said = capfd.readouterr().err
    assert (
        said.startswith(f"error: {place.work / 'yosys.log'}: exit status ")
        and said.count("\n") == 1
    )
    assert not (place.work / f"{place.config.top}_ulx3s.json").exists()
    place.check_next()
