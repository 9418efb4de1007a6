"""The least score of a box: the command's, else the network's, else 0.5."""

import pytest

from flows.errors import FlowError
from flows.run.detect import choose_threshold, network_threshold
from model.errors import ModelError


@pytest.mark.parametrize(
    "own", ["nan", "2", "-1", "high", "1e400", "0" * 5000 + "x", "true", "[0]", "NaN"]
)
def test_a_network_whose_threshold_is_none_is_refused(own: str) -> None:
    with pytest.raises(FlowError) as caught:
        network_threshold({"threshold": own})
    said = str(caught.value)
    assert said.startswith("the network's metadata threshold: ")
    assert said.endswith("expected a number from 0 to 1")
    assert said.count("expected") == 1 and len(said) < 150


def test_the_command_s_counts_before_the_network_s_and_the_default() -> None:
    assert choose_threshold({"threshold": "0.25"}, 0.75) == (0.75, "")
    assert choose_threshold({"threshold": "0.25"}, 0) == (0.0, "")
    assert choose_threshold({"threshold": "0.25"}, None) == (0.25, " (the network's own)")
    for metadata in ({}, {"threshold": ""}):
        least, origin = choose_threshold(metadata, None)
        assert (least, "names no threshold" in origin) == (0.5, True)
    for wrong in (float("nan"), float("inf"), -0.1, 1.1):
        with pytest.raises(ModelError, match=f"--threshold {wrong}: expected 0 to 1"):
            choose_threshold({}, wrong)
