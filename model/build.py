"""A network of the zoo with its weights: of a checkpoint, or seeded and untrained."""

from pathlib import Path

from model.checkpoint import load_checkpoint, network_from
from model.initialize import initialize
from model.network import Network
from model.zoo import find


def build(name: str, seed: int, checkpoint: Path | None = None) -> Network:
    """A network of the zoo in evaluation mode: of a checkpoint, or of seeded, untrained weights.

    Same seed, same numbers. With a checkpoint, which must be one of this network, the seed does
    nothing, and the anchors are the checkpoint's.
    """
    spec = find(name)
    if checkpoint is not None:
        return network_from(load_checkpoint(checkpoint, name))
    network = Network(spec)
    initialize(network, seed)
    network.eval()
    return network
