"""The catalogue's part of hw/rtl that computes: thresholds, trees of adders, the matrix unit."""

from hw.formal.catalogue import Fault, Proof

_NUMBER = "handshake, number of beats, progress"
#: Rows of $readmemh files, and as tables those rows one above the other.
_THRESHOLDS = {
    "two.mem": "310\n32F\n",
    "one.mem": "32F310\n",
    "t0.mem": "1\n2\n",
    "t1.mem": "0\n3\nF\n3\n",
}
_THRESHOLD_TABLE = "24'h32F310"
#: Of threshold_search: a memory a stage, row r of the thresholds at r*2**stage. Of shape a
#: -2, 0, 1; of b (-3, -1, 0, 1, 2, 3, never) and (-4, -4, -2, -2, 0, never, never); of c -1; 2; -4.
_SEARCHED = {
    "a0.mem": "0\n",
    "a1.mem": "6\n1\n",
    "b0.mem": "1\nE\n",
    "b1.mem": "F\n3\nC\n4\n",
    "b2.mem": "D\n0\n2\n4\nC\nE\n0\n4\n",
    "c0.mem": "7\n2\n4\n",
}


def _files(*names: str) -> str:
    """File names as threshold_search takes them, that of stage 0 lowest."""
    text = "".join(reversed(names)).encode()
    return f"{8 * len(text)}'h{text.hex()}"


_MATRIX = {
    "column.mem": "1\n0\n",
    "square.mem": "1\n0\n1\n1\n",
    "limits.mem": "10\n",
    "turns.mem": "2\n1\n",
    "codes.mem": "0\n3\n",
    "m0.mem": "0\n",
    "m1.mem": "F\n1\n",
}

#: Of channel 0 and 1 factors 3 and 2, offsets 1 and -2; and second offsets -1 and 3.
_LINES, _LINES_OF_TWO = "10'h347", "16'h7ae7"
_LINE_FILES = {
    "two.mem": "7\n1a\n",
    "one.mem": "347\n",
    "pair.mem": "7ae7\n",
}

ARITHMETIC = (
    Proof(
        "thresholding",
        f"{_NUMBER}; fold of two and one row",
        [
            {"Values": "1'b0", "ThresholdTable": _THRESHOLD_TABLE, "MemFile": "two.mem"},
            {
                "Values": "1'b0",
                "ThresholdTable": _THRESHOLD_TABLE,
                "MemFile": "one.mem",
                "Lanes": 2,
                "InSigned": "1'b1",
            },
        ],
        [
            Fault("thresholding.sv", ".push_i(valid_q[PushLatency-1])", ".push_i(1'b1)"),
            Fault("thresholding.sv", ".take_i(take)", ".take_i(1'b0)", 1),
        ],
        contents=_THRESHOLDS,
    ),
    Proof(
        "thresholding",
        "values in order, of a consumer that never waits",
        [
            {"Stalls": "1'b0", "ThresholdTable": _THRESHOLD_TABLE, "MemFile": "two.mem"},
            {
                "Stalls": "1'b0",
                "ThresholdTable": _THRESHOLD_TABLE,
                "MemFile": "one.mem",
                "Lanes": 2,
                "InSigned": "1'b1",
            },
            {
                "Stalls": "1'b0",
                "ThresholdTable": _THRESHOLD_TABLE,
                "ThresholdSearch": "1'b1",
                "SearchFiles": _files("t0.mem", "t1.mem"),
            },
        ],
        [
            Fault("thresholding.sv", ".row_i(fold_q)", ".row_i('0)", 2),
            Fault("thresholding.sv", "{InSigned && value[", "{value[", 0),
            Fault("thresholding.sv", "if (take) fold_q", "if (in_valid_i) fold_q", 0),
        ],
        contents=_THRESHOLDS,
    ),
    Proof(
        "stream_requant",
        f"{_NUMBER}; fold of two and one row",
        [
            {"Values": "1'b0", "Table": _LINES, "MemFile": "two.mem"},
            {"Values": "1'b0", "Table": _LINES, "MemFile": "one.mem", "Lanes": 2, "Rows": 1},
        ],
        [
            Fault("stream_requant.sv", ".push_i(valid_q[PushLatency-1])", ".push_i(1'b1)"),
            Fault("stream_requant.sv", ".take_i(take)", ".take_i(1'b0)", 1),
        ],
        contents=_LINE_FILES,
    ),
    Proof(
        "stream_requant",
        "values in order, of a consumer that never waits",
        [
            {"Stalls": "1'b0", "Table": _LINES, "MemFile": "two.mem"},
            {
                "Stalls": "1'b0",
                "Table": _LINES_OF_TWO,
                "MemFile": "pair.mem",
                "Lanes": 2,
                "Rows": 1,
                "Offsets": 2,
                "InBits": 1,
                "InSigned": "1'b1",
            },
        ],
        [
            Fault("stream_requant.sv", "offsets_qq <= offsets_q", "offsets_qq <= offsets", 0),
            Fault("stream_requant.sv", "{InSigned && value[", "{value[", 0),
            Fault("stream_requant.sv", "first_q >>> Shift) + LevelBits", "first_q) + LevelBits", 1),
            Fault("stream_requant.sv", "(level < LevelBits'($signed(Low)))", "1'b0", 1),
        ],
        contents=_LINE_FILES,
    ),
    Proof(
        "mvau",
        f"{_NUMBER}; SF and NF of 2 and 1, without and with thresholds",
        [
            {"Values": "1'b0", "MH": 1, "WeightFile": "column.mem"},
            {"Values": "1'b0", "WeightFile": "square.mem"},
            {
                "Values": "1'b0",
                "MH": 1,
                "NumThresholds": 2,
                "ThresholdFile": "limits.mem",
                "WeightFile": "column.mem",
            },
        ],
        [
            Fault("mvau_beats.sv", "assign may_go = free_i || !last_sf", "assign may_go = 1'b1"),
            Fault("mvau_beats.sv", "may_go && from_input;", "may_go;", 1),
        ],
        contents=_MATRIX,
    ),
    Proof(
        "mvau",
        "values in order, of a consumer that never waits",
        [
            {"Stalls": "1'b0", "MH": 1, "WeightTable": "2'b01", "WeightFile": "column.mem"},
            {"Stalls": "1'b0", "WeightTable": "4'b1101", "WeightFile": "square.mem"},
            {
                "Stalls": "1'b0",
                "MW": 1,
                "Sets": 2,
                "PE": 2,
                "Turns": 2,
                "WeightTable": "4'b0110",
                "WeightFile": "turns.mem",
            },
            {
                "Stalls": "1'b0",
                "MH": 1,
                "WBits": 2,
                "WStep": 1,
                "Products": "1'b1",
                "NumThresholds": 3,
                "OutBits": 2,
                "WeightTable": "4'b1100",
                "WeightFile": "codes.mem",
                "ThresholdSearch": "1'b1",
                "ThresholdTable": "12'h10F",
                "SearchFiles": _files("m0.mem", "m1.mem"),
            },
        ],
        [
            Fault("mvau_pe.sv", "if (!rst_ni || last_i) acc_q", "if (!rst_ni) acc_q"),
            Fault("mvau_beats.sv", "replayed_q ? replay_q : input_q", "input_q", 1),
            Fault(
                "mvau_trees.sv",
                "act_q[set*SIMD*ABits +: SIMD*ABits];",
                "act_q[0 +: SIMD*ABits];",
                2,
            ),
            Fault("mvau_beats.sv", "(row_q == RowBits'(Rows - 1))", "last_nf", 2),
            Fault("mvau_trees.sv", ".Latency(JoinLatency)", ".Latency(JoinLatency + 1)", 3),
        ],
        contents=_MATRIX,
    ),
    Proof(
        "threshold_count",
        "the count of every value and thresholds, Latency clocks later",
        [
            {},
            {"ValueBits": 4, "NumThresholds": 5, "ParallelLimit": 3},
            {"Constant": "1'b1", "ThresholdBits": 4},
            {"ValueBits": 3, "NumThresholds": 7, "ParallelLimit": 3, "ThresholdBits": 2},
        ],
        [
            Fault("threshold_count.sv", "<= first_value);", "< first_value);"),
            Fault("threshold_count.sv", "+ (Filled ? 1 : 0)", "", 1),
            Fault("threshold_count.sv", "(reached_d[i] & first_value[b])", "first_value[b]", 2),
        ],
        quick=[1, 2],
    ),
    Proof(
        "threshold_in_turn",
        "the count of every value and its thresholds, three clocks later",
        [{}, {"ValueBits": 4, "ThresholdBits": 3}, {"ValueBits": 3, "ThresholdBits": 4}],
        [
            Fault("threshold_in_turn.sv", "Bits'($signed(limit))", "Bits'(limit)"),
            Fault("threshold_in_turn.sv", ".CarryIn(1'b1)", ".CarryIn(1'b0)"),
            Fault("threshold_in_turn.sv", "above_q <= reached", "above_q <= !reached", 1),
        ],
        quick=[1],
    ),
    Proof(
        "threshold_search",
        "the count of every value and row, CountBits clocks later",
        [
            {"ThresholdTable": "9'h046", "Files": _files("a0.mem", "a1.mem")},
            {
                "CountBits": 3,
                "Rows": 2,
                "ThresholdBits": 4,
                "ThresholdTable": "56'h440EECC43210FD",
                "Files": _files("b0.mem", "b1.mem", "b2.mem"),
            },
            {
                "CountBits": 1,
                "Rows": 3,
                "ValueBits": 4,
                "ThresholdTable": "9'h117",
                "Files": _files("c0.mem"),
            },
        ],
        [
            Fault(
                "threshold_search.sv", "<= CmpBits'($signed(value));", "< CmpBits'($signed(value));"
            ),
            Fault(
                "threshold_search.sv",
                "CmpBits'($signed(threshold)) <=",
                "CmpBits'(threshold) <=",
                2,
            ),
            Fault(
                "threshold_search.sv",
                "assign value = gen_stage[j-1].gen_value.value_q",
                "assign value = value_i",
            ),
            Fault(
                "threshold_search.sv",
                "gen_stage[j-1].row_q, gen_stage[j-1].count_d",
                "row_i, gen_stage[j-1].count_d",
                1,
            ),
            Fault(
                "threshold_search.sv",
                "assign count_d = {gen_stage[j-1].count_q, reached}",
                "assign count_d = {gen_stage[j-1].count_d, reached}",
                1,
            ),
        ],
        quick=[0, 2],
        contents=_SEARCHED,
    ),
    Proof(
        "lane_products",
        "the product of every value and code in full, Latency clocks later",
        [
            {},
            {"Lanes": 2, "Rows": 3, "ASigned": "1'b1", "Latency": 2},
            {"Rows": 3, "WBits": 8},
            {"Rows": 2, "WBits": 24, "ABits": 2},
        ],
        [
            Fault("lane_products.sv", " + PBits'(product[c*PBits-1]);", ";", 1),
            Fault(
                "lane_products.sv", "Bits'($signed({1'b0, factor}))", "Bits'($signed(factor))", 1
            ),
            Fault("lane_products.sv", "Bits'($signed(act))", "Bits'(act)", 1),
            Fault(
                "lane_products.sv",
                "((w * Fit + c) * Lanes + l) * WBits +: WBits",
                "(c * Lanes + l) * WBits +: WBits",
                2,
            ),
        ],
        quick=[0, 1],
    ),
    Proof(
        "adder_tree",
        "the sum of every lanes in full, Latency clocks later",
        [
            {},
            {"Lanes": 6, "IsSigned": "1'b1"},
            {"Lanes": 3, "Bits": 3, "IsSigned": "1'b1"},
            {"Lanes": 17, "Bits": 1, "LevelsPerStage": 2},
        ],
        [
            Fault(
                "adder_tree.sv",
                "assign node = {IsSigned && partial[B], partial}",
                "assign node = {1'b0, partial}",
                1,
            )
        ],
        quick=[1],
    ),
    Proof(
        "signed_tree",
        "with lane_pairs: the dot product with every signs and its constant",
        [
            {},
            {"Lanes": 4, "IsSigned": "1'b1"},
            {"Lanes": 3, "Bits": 3},
            {"Lanes": 6, "IsSigned": "1'b1"},
        ],
        [
            Fault(
                "signed_tree.sv",
                "assign differ = signs_i[2*p] ^ signs_i[2*p+1]",
                "assign differ = signs_i[2*p]",
            ),
            Fault("lane_pairs.sv", "{a_sign, a} + {b_sign, b}", "{1'b0, a} + {b_sign, ~b}", 2),
        ],
        quick=[1],
    ),
)
