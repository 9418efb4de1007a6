"""The catalogue's part of hw/rtl: the stream primitives."""

from hw.formal.catalogue import Fault, Proof

_ORDER = "handshake, order, nothing lost or doubled, progress"
_VALUES = f"{_ORDER}, values"

PRIMITIVES = (
    Proof(
        "stream_fifo",
        f"{_ORDER}; ready exactly while there is room",
        [
            {"Depth": 1},
            {"Depth": 2},
            {"Depth": 3},
            {"Depth": 4, "RamStyle": "distributed"},
            {"Depth": 5, "RamStyle": "block"},
            {"Depth": 6, "RamStyle": "block"},
        ],
        [
            Fault("stream_fifo.sv", "(count_d != CountBits'(Depth))", "1'b1", 2),
            Fault("stream_fifo.sv", "if (push) wait_q <= in_data_i", "wait_q <= in_data_i", 1),
            Fault(
                "stream_fifo.sv", "assign waiting = count_q[CountBits-1]", "assign waiting = 0", 1
            ),
            Fault("stream_fifo.sv", "(!rd_valid_q || rd_move)", "1'b1", 4),
            Fault("stream_fifo.sv", "if (rd_move) out_valid_q <=", "out_valid_q <=", 4),
            Fault("stream_fifo.sv", "assign read = pop", "assign read = out_ready_i", 3),
        ],
        quick=[0, 1, 2],
    ),
    Proof(
        "stream_width_converter",
        _ORDER,
        [
            {"InWidth": 2, "OutWidth": 4},
            {"InWidth": 4, "OutWidth": 2},
            {"InWidth": 2, "OutWidth": 6},
            {"InWidth": 6, "OutWidth": 2},
            {"InWidth": 1, "OutWidth": 5},
            {"InWidth": 5, "OutWidth": 1},
            {"InWidth": 2, "OutWidth": 2},
        ],
        [
            Fault("stream_width_converter.sv", "!(is_last && out_valid_q)", "1'b1", 0),
            Fault("stream_width_converter.sv", "{in_data_i, parts_q}", "{parts_q, in_data_i}", 0),
            Fault("stream_width_converter.sv", "is_empty && fifo_ready", "fifo_ready", 1),
            Fault(
                "stream_width_converter.sv",
                "assign out_data_o = in_data_i",
                "assign out_data_o = ~in_data_i",
                6,
            ),
        ],
        quick=[0, 1, 6],
    ),
    Proof(
        "stream_pad",
        f"{_ORDER}; the border is its value, and where it belongs",
        [
            {},
            {"Top": 0, "Left": 0, "Folds": 2},
            {"Height": 1, "Cols": 3, "Top": 2, "Bottom": 0, "Right": 0, "Fill": "2'd2"},
            {"Top": 0, "Bottom": 0, "Left": 0, "Right": 0},
            {"StrideH": 2, "StrideW": 2, "Top": 0, "Right": 0, "Bottom": 0},
        ],
        [
            Fault("stream_pad.sv", "ready && is_image", "ready"),
            Fault("stream_pad.sv", "if (col_d == ColBits'(Left) ||", "if (", 4),
            Fault("stream_pad.sv", "is_image ? in_data_i : Fill", "in_data_i"),
            Fault("stream_pad.sv", "ColBits'(Left)) col", "ColBits'(Left + 1)) col"),
        ],
        quick=[3],
    ),
    Proof(
        "credit_fifo",
        f"behind a pipeline: {_ORDER}; free exactly while there is a place",
        [
            {"Depth": 1},
            {"Depth": 2},
            {"Depth": 3},
            {"Depth": 4},
            {"Depth": 5, "Latency": 3},
            {"Depth": 6},
        ],
        [
            Fault("credit_fifo.sv", "free_q <= (credits_d != '0)", "free_q <= 1'b1", 1),
            Fault("credit_fifo.sv", "if (give && !take_i)", "if (give)", 1),
        ],
        quick=[0, 1],
    ),
    Proof(
        "group_sum",
        _VALUES,
        [
            {},
            {"Lanes": 4, "IsSigned": "1'b1"},
            {"Lanes": 1, "Group": 3},
            {"Lanes": 2, "Group": 4, "OutBits": 4, "IsSigned": "1'b1"},
        ],
        [
            Fault("group_sum.sv", "!completes || fifo_ready", "1'b1"),
            Fault("group_sum.sv", "sums_q <= completes ? '0 : sums", "sums_q <= sums", 2),
        ],
        quick=[1, 2],
    ),
    Proof(
        "label_select",
        _VALUES,
        [
            {},
            {"Lanes": 2, "Labels": 4, "IsSigned": "1'b1"},
            {"Lanes": 3, "IsSigned": "1'b1"},
            {"Labels": 1, "OutBits": 1},
        ],
        [
            Fault("label_select.sv", "!completes || fifo_ready", "1'b1"),
            Fault("label_select.sv", "is_first || (beat_value > value_q)", "beat_value > value_q"),
            Fault("label_select.sv", "(beat_value > value_q)", "(beat_value >= value_q)"),
            Fault("label_select.sv", "InBits'(IsSigned)", "InBits'(0)", 1),
        ],
        quick=[0, 2],
    ),
    Proof(
        "top_labels",
        _VALUES,
        [
            {},
            {"Lanes": 2, "Labels": 4, "K": 3, "InBits": 1, "Least": "1'b1"},
            {"Lanes": 3, "IsSigned": "1'b1"},
            {"Labels": 1, "K": 1, "OutBits": 1},
        ],
        [
            Fault("top_labels.sv", "!completes || fifo_ready", "1'b1"),
            Fault("top_labels.sv", "!filled[j] || (value >", "(value >"),
            Fault("top_labels.sv", "(value > values[", "(value >= values["),
            Fault("top_labels.sv", "filled_q <= completes ? '0 : filled", "filled_q <= filled"),
            Fault("top_labels.sv", "{InBits{Least}}", "{InBits{1'b0}}", 1),
        ],
        quick=[0, 2],
    ),
    Proof(
        "duplicate_streams",
        f"each output: {_ORDER} where all consumers take",
        [{}, {"Outputs": 3, "Width": 1}],
        [
            Fault("duplicate_streams.sv", "&room", "|room"),
            Fault("duplicate_streams.sv", "in_valid_i && in_ready_o", "in_valid_i", 1),
            Fault(
                "duplicate_streams.sv",
                "assign in_ready_o = &room",
                "assign in_ready_o = room[0]",
                1,
            ),
        ],
        quick=[0],
    ),
    Proof(
        "elementwise_binary",
        f"{_VALUES}; both inputs taken together",
        [
            {},
            {"Lanes": 2, "In0Bits": 1, "In1Bits": 3, "In1Signed": "1'b1", "OutBits": 4},
            {"In0Signed": "1'b1", "In1Signed": "1'b1", "In1Bits": 1},
            {"In1Signed": "1'b1", "Factor0": 3, "Factor1": 2, "OutBits": 5},
            {"Operation": "mul", "In1Bits": 3, "OutBits": 5},
            {"Operation": "mul", "In0Signed": "1'b1", "In1Signed": "1'b1", "OutBits": 4},
            {"Operation": "mul", "In1Signed": "1'b1", "OutBits": 4, "IsMultiplier": "1'b1"},
            {"Operation": "max", "In0Signed": "1'b1", "OutSigned": "1'b1"},
            {"Operation": "min", "In1Bits": 3, "Factor1": 2, "OutBits": 4},
        ],
        [
            Fault(
                "elementwise_binary.sv",
                "{room && in_valid_i[0], room && in_valid_i[1]}",
                "{room, room}",
            ),
            Fault("elementwise_binary.sv", ".in_valid_i(&in_valid_i)", ".in_valid_i(|in_valid_i)"),
            Fault("elementwise_binary.sv", "$signed(in1_data_i[", "(in1_data_i[", 1),
            Fault("constant_product.sv", "partial[i] + (data_i << i)", "partial[i] + data_i", 3),
            Fault("elementwise_binary.sv", "copy = -(first_product", "copy = (first_product", 5),
            Fault("elementwise_binary.sv", "node[2*i] + node[2*i+1]", "node[2*i]", 4),
            Fault("elementwise_binary.sv", "= $signed(first_product) <", "= (first_product) <", 7),
            Fault("elementwise_binary.sv", 'What == 128\'("max"))) ?', "What == What)) ?", 8),
        ],
        quick=[0, 2, 5, 8],
    ),
    Proof(
        "crop",
        f"{_ORDER}; what is kept, and no other beat; the others are taken at once",
        [
            {},
            {"Cols": 2, "Folds": 3, "FirstFold": 1, "LastFold": 2, "FirstRow": 0, "LastRow": 1},
            {"Cols": 4, "FirstCol": 1, "LastCol": 3, "StepCol": 2, "FirstRow": 0, "StepRow": 2},
        ],
        [
            Fault("crop.sv", "ready || !keep", "ready"),
            Fault("crop.sv", "keep_fold && keep_row", "keep_row", 1),
            Fault("crop.sv", ".in_valid_i(in_valid_i && keep)", ".in_valid_i(in_valid_i)", 1),
            Fault("crop_axis.sv", "WaitBits'(Step - 1)", "WaitBits'(Step - 2)", 2),
            Fault("crop_axis.sv", "place_q > Bits'(Last)", "place_q >= Bits'(Last)"),
        ],
        quick=[1],
    ),
    Proof(
        "streaming_concat",
        f"{_ORDER}; no beat of an input before its turn",
        [
            {},
            {
                "Inputs": 3,
                "Width": 1,
                "InBeats": "96'h000000010000000300000002",
                "MostBeats": 3,
                "PixelBeats": 6,
            },
        ],
        [
            Fault("streaming_concat.sv", "if (count == last)", "if (count == 0)"),
            Fault("streaming_concat.sv", "= room;", "= 1'b1;"),
            Fault("streaming_concat.sv", "(Inputs - 1)) ? '0 :", "(Inputs)) ? '0 :", 1),
        ],
        quick=[0],
    ),
    Proof(
        "stream_join",
        f"{_ORDER}; a beat of every input in one clock",
        [{}, {"Inputs": 3, "Width": 3}],
        [
            Fault("stream_join.sv", "room && (&others)", "room"),
            Fault("stream_join.sv", ".in_valid_i(&in_valid_i)", ".in_valid_i(|in_valid_i)", 1),
        ],
        quick=[0],
    ),
    Proof(
        "pixel_max",
        _VALUES,
        [{}, {"Windows": 2, "Side": 3, "Channels": 2, "IsSigned": "1'b1"}],
        [
            Fault(
                "pixel_max.sv",
                "assign is_greater = $signed(second)",
                "assign is_greater = (second)",
                1,
            )
        ],
        quick=[1],
    ),
    Proof(
        "max_pool",
        _VALUES,
        [
            {},
            {"Height": 3, "Cols": 3},
            {"Height": 2, "Cols": 2, "Folds": 2},
            {"Height": 2, "Cols": 2, "Bits": 2, "IsSigned": "1'b1"},
            {"Height": 3, "Cols": 3, "KernelH": 3, "KernelW": 3},
        ],
        [
            Fault("max_pool.sv", "!completes_q || fifo_ready", "1'b1"),
            Fault("max_pool.sv", "(next_d == ptr_q) && !dropped_q", "1'b0", 2),
            Fault("max_pool.sv", "if (step && !dropped_q) mem_q", "if (step) mem_q", 1),
        ],
        quick=[3],
    ),
    Proof(
        "sliding_window_parallel",
        f"{_VALUES}, no window before its beats",
        [
            {"Height": 2},
            {"Height": 3, "StrideH": 2},
            {"Height": 2, "Cols": 2, "Folds": 2},
            {"Height": 1, "Cols": 3, "KernelH": 1, "StrideW": 2},
            {"Height": 3, "Cols": 2, "KernelW": 1, "DilationH": 2},
            {"Height": 1, "Cols": 4, "KernelH": 1, "DilationW": 2},
        ],
        [
            Fault("sliding_window_parallel.sv", "(!out_valid_q || out_ready_i)", "1'b1"),
            Fault(
                "sliding_window_parallel.sv",
                "assign ptr_d = (ptr_q == PtrBits'(Line - 1))",
                "assign ptr_d = (ptr_q == PtrBits'(Line - 2))",
            ),
            Fault(
                "sliding_window_parallel.sv",
                "if (last_row) wait_h_q <= WaitHBits'(ReachH - 1);\n          else if",
                "if",
                0,
            ),
            Fault("sliding_window_parallel.sv", "Line = DilationH * Cols", "Line = Cols", 4),
            Fault("sliding_window_parallel.sv", "(KernelW-1-col)*DilationW", "(KernelW-1-col)", 5),
        ],
    ),
    Proof(
        "sliding_window_parallel",
        "handshake",
        [{"Order": "1'b0", "Height": 4, "Cols": 4, "KernelH": 3, "KernelW": 3, "Width": 2}],
        [Fault("sliding_window_parallel.sv", "(!out_valid_q || out_ready_i)", "1'b1")],
        quick=[0],
    ),
    Proof(
        "sliding_window_serial",
        f"{_VALUES}, no beat before it has come",
        [
            {"Height": 2, "Cols": 2},
            {"Height": 1, "KernelH": 1},
            {"Height": 1, "Cols": 2, "KernelH": 1, "Folds": 2},
            {"Height": 2, "Cols": 2, "KernelH": 1, "KernelW": 1, "StrideH": 2, "StrideW": 2},
            {"Height": 1, "Cols": 3, "KernelH": 1, "DilationW": 2},
            {"Height": 1, "Cols": 2, "KernelH": 1, "Folds": 2, "Depthwise": "1'b1"},
        ],
        [
            Fault("sliding_window_serial.sv", "!room_m1_q[LevelBits-1]", "1'b1", 1),
            Fault("sliding_window_serial.sv", "!avail_m1_q[LevelBits-1] &&", "", 1),
            Fault(
                "sliding_window_serial.sv",
                "PtrBits'(RunJump % Depth);",
                "PtrBits'((RunJump + 1) % Depth);",
            ),
            Fault("sliding_window_serial.sv", "last_krow_q && last_turn) ?", "last_krow_q) ?", 5),
            Fault("sliding_window_serial.sv", "(DilationW - 1) * Folds + 1", "Folds", 4),
        ],
    ),
    Proof(
        "sliding_window_serial",
        "handshake",
        [{"Order": "1'b0", "Height": 4, "Cols": 4, "KernelH": 3, "KernelW": 3, "Width": 2}],
        [Fault("stream_fifo.sv", "if (!out_valid_o || out_ready_i) head_q", "head_q")],
        quick=[0],
    ),
)
