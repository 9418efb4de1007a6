"""The end of a training: statistics, biases, gains and shifts are fitted to the final weights."""

import numpy as np
import torch

from model import zoo
from model.errors import ModelError
from model.network import Network
from model.training.batches import Batches, Data, plain_batches
from model.training.config import TrainConfig
from model.training.fit_biases import fit_biases
from model.training.fit_gains import endless, fit_gains
from model.training.sources import epoch_pictures
from model.training.statistics import measure_statistics


def fit_statistics_and_biases(network: Network, data: Data, config: TrainConfig) -> None:
    """Give the network BatchNorm statistics and head biases of its weights.

    It is in evaluation mode afterwards.
    """
    count = min(config.calibration, len(data.train))
    order = np.random.default_rng([config.seed, 4]).permutation(len(data.train))[:count]
    counts = data.train.counts or (len(data.train),)
    chosen = epoch_pictures(counts, config.weights, config.seed, 0)[order]
    batches = plain_batches(data.source, chosen.tolist(), min(config.batch, 32))
    inputs = measure_statistics(network, batches)
    if config.settle:
        device = network.head.bias.device
        boxes = torch.from_numpy(data.train.boxes[chosen] / zoo.STRIDE).to(device)
        kinds = torch.from_numpy(data.train.kinds[chosen].astype(np.int64)).to(device)
        fit_biases(network, inputs, boxes, kinds, config.loss, config.settle)


def fit_gains_and_shifts(
    network: Network, data: Data, config: TrainConfig, steps: int, epoch: int, dtype: torch.dtype
) -> None:
    """Fit gains and shifts in so many steps, from an epoch's batches on.

    The network has the statistics of its weights.
    A fit that fails says so and leaves the network as it was: it is worth keeping.
    """
    # of one process; half-precision floats would need a scaler for their range here too
    dtype = torch.float32 if dtype == torch.float16 else dtype
    batches = Batches(data.train, data.source, config, network.head.bias.device)
    try:
        fit_gains(network, endless(batches, epoch), config.loss, steps, dtype)
    except ModelError as error:
        print(f"warning: {error}; they stay as they were")
