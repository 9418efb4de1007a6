"""Random QONNX networks without a circle, of every operator: made, answered, run as hardware.

``network`` makes one of a seed, ``answers`` says what comes out of its file, ``running`` takes
some of them through the whole flow, all in one design.
"""
