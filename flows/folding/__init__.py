"""The folding solver: PE, SIMD, windows and memories of least LUTs for a number of clocks a frame.

``stages`` cuts the graph into layers and single operators, ``options`` lists what each can be,
``layers`` joins padding, window and matrix-vector unit, ``solve`` chooses across all of them.
"""
