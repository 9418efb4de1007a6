"""The checkpoints that ship: each is the one of which its card tells."""

import hashlib
import re
from pathlib import Path

import pytest

import model
from model.checkpoint import load_checkpoint

FOLDER = Path(model.__file__).parent / "checkpoints"
#: The least score of a box, as the card has it.
THRESHOLDS = {"dupnet-tinier-yolo": 0.274, "dupnet-tinier-yolo-scenes": 0.327}


def test_all_are_known():
    assert {path.stem for path in FOLDER.glob("*.npz")} == set(THRESHOLDS)


@pytest.mark.parametrize("name", THRESHOLDS)
def test_card_and_file_agree(name: str):
    path = FOLDER / f"{name}.npz"
    card = path.with_suffix(".md").read_text(encoding="utf-8")
    assert card.startswith(f"# {name}.npz\n")
    (digest,) = re.findall(r"^\| SHA-256 \| `([0-9a-f]{64})` \|$", card, re.MULTILINE)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    checkpoint = load_checkpoint(path)
    assert checkpoint.network == "dupnet-tinier-yolo"
    assert checkpoint.threshold == THRESHOLDS[name]
    assert f"| least score of a box | {THRESHOLDS[name]}: " in card
