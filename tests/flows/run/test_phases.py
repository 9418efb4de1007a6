"""Phases of a place and route: each shown once, and a sign of life in a long one."""

from flows.run import phases

LOG = """Info: Packing constants..
Info: Running router2...
Info: Setting up routing resources...
Info: Running router2...
Info:     iter=1 wires=20 overused=5 overuse=5 archfail=NA
"""


def test_phases_once(capsys):
    tell = phases.Phases()
    for line in LOG.splitlines(keepends=True):
        tell(line)
    said = [line.split(" s  ")[1] for line in capsys.readouterr().out.splitlines()]
    assert said == ["Packing constants", "Running router2", "Setting up routing resources"]


def test_a_phase_that_lasts_shows_its_latest_line(capsys, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(phases.time, "monotonic", lambda: clock[0])
    tell = phases.Phases()
    for second, line in ((1, "Info: Running router2...\n"), (20, "Info:  iter=1\n"), (32, "\n")):
        clock[0] = second
        tell(line)
    clock[0] = 33
    tell("Info:     iter=2 wires=20\n")
    assert capsys.readouterr().out == "      1 s  Running router2\n     33 s  iter=2 wires=20\n"
