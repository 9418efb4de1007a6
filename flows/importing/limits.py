"""How much a model may hold: more than a board has room for, less than a machine's memory."""

#: Bytes of the model file and its external data together, 32 million float32 parameters.
MAX_BYTES = 128 << 20
#: Nodes of the file, and those that are left without Identity and Dropout.
MAX_NODES = 10_000
MAX_OPERATORS = 1_000
#: Numbers in one tensor, be it a constant or an activation.
MAX_ELEMENTS = 1 << 26
#: Axes of a constant.
MAX_AXES = 8
#: Size of one axis.
MAX_SIZE = 1 << 20
