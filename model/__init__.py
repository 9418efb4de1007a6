"""The networks, their cost, their QONNX export, and detection (numpy only).

Nothing heavy is imported here: `model.detection` works without torch.
"""

from outside.early import guard_start

guard_start()
