"""The command line, in this process."""

from typing import Any

import pytest

from hw.driver import DupNetAccelerator, __main__
from tests.hw.driver.fake_bus import DESCRIPTION, FakeBus


def test_ctrl_c_stops_the_hardware_and_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: Any) -> Any:
        raise KeyboardInterrupt

    bus = FakeBus(interrupted)
    monkeypatch.setattr(__main__, "open_accelerator", lambda _: DupNetAccelerator(bus, DESCRIPTION))
    assert __main__.main(["throughput"]) == 130
    assert capsys.readouterr() == ("", "interrupted\n")
    assert bus.closed
    assert bus.left == {"idma0": 0, "odma0": 0}
