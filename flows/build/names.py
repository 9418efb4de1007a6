"""The names of a build's steps, and of the results that are kept in its folder."""

from enum import StrEnum


class StepName(StrEnum):
    """The steps, in their order; the model after each is kept under its name."""

    IMPORT = "import"
    STREAMLINE = "streamline"
    VERIFY_IMPORT = "verify_import"
    FUSE_DUPLICATED_INPUTS = "fuse_duplicated_inputs"
    FOLD_DUPLICATED_WEIGHTS = "fold_duplicated_weights"
    TO_HARDWARE = "to_hardware"
    SET_FOLDING = "set_folding"
    SIZE_FIFOS = "size_fifos"
    SPECIALIZE = "specialize"
    INSERT_STREAMS = "insert_streams"
    GENERATE_RTL = "generate_rtl"


class ResultName(StrEnum):
    """The files ``report/<name>.json``; where FINN has such a file, it has FINN's name."""

    # of the build's steps
    VERIFY_IMPORT = "verify_import"
    FUSE_DUPLICATED_INPUTS = "fuse_duplicated_inputs"
    FOLD_DUPLICATED_WEIGHTS = "fold_duplicated_weights"
    FIFO_SIZING = "fifo_sizing"
    LAYER_CYCLES = "estimate_layer_cycles"
    LAYER_RESOURCES = "estimate_layer_resources"
    COUNTS = "op_and_param_counts"
    PERFORMANCE = "estimate_network_performance"
    MEMORIES = "memories"
    # of what runs on a finished build
    EMULATION = "emulation"
    RTLSIM = "rtlsim_performance"
    CPPSIM = "cppsim"
    HLS = "hls_synth"
    SYNTHESIS = "post_synth_resources"
    SYNTH_MEMORIES = "synth_memories"
    OPERATOR_TIMING = "post_route_timing"
    NETWORK_TIMING = "post_route_timing_network"
    BOARD_SIM = "board_sim"
    BITSTREAM = "bitstream"
    ON_BOARD = "on_board"


#: Results of what runs on a finished build; they go when it is built again.
EXECUTED = (
    ResultName.EMULATION,
    ResultName.RTLSIM,
    ResultName.CPPSIM,
    ResultName.HLS,
    ResultName.SYNTHESIS,
    ResultName.SYNTH_MEMORIES,
    ResultName.OPERATOR_TIMING,
    ResultName.NETWORK_TIMING,
    ResultName.BOARD_SIM,
    ResultName.BITSTREAM,
    ResultName.ON_BOARD,
)
