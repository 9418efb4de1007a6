"""The networks, their cost, their QONNX export, and detection (numpy only).

Nothing heavy is imported here: `model.detection` works with numpy and Pillow alone.
"""

from outside.early import guard_start

guard_start()
