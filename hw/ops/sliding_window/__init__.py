"""SlidingWindow: its attributes, integers and bindings (``operator``), its timing (``timing``)."""

from hw.ops.sliding_window.operator import SlidingWindow

__all__ = ["SlidingWindow"]
