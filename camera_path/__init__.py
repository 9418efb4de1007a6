"""From a camera's frame to boxes in integers: the specification of the camera path.

numpy alone, Python 3.8 or later, and nothing else of the repository, so that models, hardware and
a board's driver can all import it. Each function says what a piece of hardware computes, bit for
bit: ``frames`` (pixel formats), ``resize`` (letterbox), ``head`` and ``decode`` (candidates),
``suppress`` (the best of them, without overlaps), ``path`` (all together). No step rounds a float
at run time: floats are met only where constants are made of a network's scales and anchors.
"""
