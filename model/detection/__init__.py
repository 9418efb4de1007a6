"""From picture to boxes: reading, letterboxing, decoding, suppression, drawing.

One implementation, numpy alone (Pillow in `image` and `draw`), for training, emulator, simulation
and board. Boxes are float64 (M, 4) arrays of left, top, right, bottom in pixels: (0, 0) is the
outer corner of the first pixel, (width, height) that of the last.
"""
