"""MultiLevelMVAU, the matrix-vector unit, around one frozen value (``unit.MatrixUnit``).

``operator``: attributes, integers, timing, folding; ``variants``: RTL and HLS; ``loaded``:
with weights; ``parameters``, ``signs``, ``constants``, ``copies``: what they make of templates;
``estimates``, ``cost``, ``samples``: what it takes.
"""

from hw.ops.mvau.operator import MultiLevelMVAU
from hw.ops.mvau.variants import MultiLevelMVAU_hls, MultiLevelMVAU_rtl
from hw.ops.registry import register

__all__ = ["MultiLevelMVAU", "MultiLevelMVAU_hls", "MultiLevelMVAU_rtl"]

register(MultiLevelMVAU, MultiLevelMVAU_rtl, MultiLevelMVAU_hls)
