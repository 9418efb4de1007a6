"""The catalogue's part of hw/rtl: sums over pixels, pixels repeated, and moved."""

from hw.formal.catalogue import Fault, Proof, sized

#: Rows of a table, the first one lowest; below as $readmemh files.
_ROWS = "12'h639"
_VALUES = "handshake, order, nothing lost or doubled, progress, values"

POOLS = (
    Proof(
        "pixel_sum",
        _VALUES,
        [{}, {"Side": 3, "Channels": 2, "OutBits": 4, "IsSigned": "1'b1"}],
        [
            Fault("pixel_sum.sv", "OutBits'($signed(in_data_i", "OutBits'((in_data_i", 1),
            Fault("pixel_sum.sv", "for (int unsigned j = 0; j <", "for (int unsigned j = 1; j <"),
        ],
        quick=[0],
    ),
    Proof(
        "stream_pool",
        _VALUES,
        [
            {"Cols": 2},
            {"Height": 3, "Cols": 1, "KernelW": 1, "StrideH": 2, "KernelH": 1, "Folds": 2},
            {
                "Height": 1,
                "Cols": 4,
                "KernelH": 1,
                "KernelW": 2,
                "DilationW": 2,
                "Bits": 2,
                "MidBits": 2,
                "OutBits": 2,
                "IsSigned": "1'b1",
            },
            {
                "MostHeight": 3,
                "MostCols": 4,
                "Dynamic": "1'b1",
                "AcrossBits": 6,
                "DownBits": 6,
                "Sizes": "12'd2453",
            },
        ],
        [
            Fault("stream_pool.sv", ".DilationW(DilationW)", ".DilationW(1)", 2),
            Fault("stream_pool.sv", ".StrideH(StrideH)", ".StrideH(1)", 1),
            Fault(
                "pool_pass.sv", "assign taps_ready = out_ready_i;", "assign taps_ready = 1'b1;", 1
            ),
            Fault("stream_pool.sv", "sizes_i[DownBits-1:0]),", "'0),", 3),
        ],
        quick=[1],
    ),
    Proof(
        "global_acc_pool",
        _VALUES,
        [
            {"Folds": 1, "Pixels": 3},
            {"Folds": 2, "Pixels": 2, "IsSigned": "1'b1"},
            {"Folds": 3, "Pixels": 2},
            {"Folds": 2, "Pixels": 1},
        ],
        [
            Fault("global_acc_pool.sv", "!is_last_q || fifo_ready", "1'b1"),
            Fault("global_acc_pool.sv", "is_first_q <= is_last_q", "is_first_q <= 1'b0"),
            Fault("global_acc_pool.sv", "before_q <= mem[fold_d]", "before_q <= mem[fold_q]", 1),
        ],
        quick=[0, 3],
    ),
    Proof(
        "upsample_nearest",
        _VALUES,
        [
            {"Height": 1, "Cols": 2},
            {"Height": 2, "Cols": 2, "ScaleW": 1},
            {"Height": 1, "Cols": 2, "Folds": 2, "ScaleH": 1},
            {"Height": 2, "Cols": 1, "ScaleW": 1, "ScaleH": 3},
            {"Height": 1, "Cols": 1, "Folds": 2},
            {"Height": 1, "MostHeight": 2, "MostCols": 3, **sized(2, 1)},
        ],
        [
            Fault("upsample_nearest.sv", "ready && is_pixel && is_row", "ready && is_row"),
            Fault("upsample_nearest.sv", "row_q <= mem[beat_d]", "row_q <= mem[beat_q]", 1),
            Fault("upsample_nearest.sv", "pixel_q[(Folds-1)*Width +:", "pixel_q[0 +:", 2),
            Fault("upsample_nearest.sv", "== end_beat)", "== LineBits'(Line - 1))", 5),
        ],
        quick=[2, 3],
    ),
    Proof(
        "shuffle",
        f"{_VALUES}, no beat before its block is whole",
        [
            {},
            {"Rows": 1, "Cols": 2},
            {"Rows": 2, "Cols": 3},
        ],
        [
            Fault("shuffle.sv", "assign in_ready_o = !full_q[1];", "assign in_ready_o = 1'b1;", 1),
            Fault("shuffle.sv", "(!rd_valid_q || fifo_ready);", "1'b1;", 1),
            Fault("shuffle.sv", "Strides[i*32 +: 32] - back", "Strides[i*32 +: 32]", 2),
            Fault("shuffle.sv", "upper_q ? '0 : PtrBits'(Beats)", "'0", 1),
        ],
        quick=[1],
    ),
    Proof(
        "lookup",
        f"{_VALUES}, each row's beats, row 0 for an index of no row",
        [
            {"Table": _ROWS, "MemFile": "rows.mem"},
            {"Table": _ROWS, "MemFile": "whole.mem", "Lanes": 2},
        ],
        [
            Fault("lookup.sv", "free && first_fold", "free"),
            Fault("lookup.sv", "first_fold ? in_data_i : index_q", "in_data_i"),
            Fault("lookup.sv", "32'(given) < Rows", "32'(given) <= Rows", 1),
            Fault("lookup.sv", "index * Folds + 32'(fold_q)", "index * Folds"),
            Fault("lookup.sv", ".take_i(take)", ".take_i(1'b0)", 1),
        ],
        contents={"rows.mem": "1\n2\n3\n0\n2\n1\n", "whole.mem": "9\n3\n6\n"},
    ),
    Proof(
        "elementwise_constant",
        _VALUES,
        [
            {"Table": "3'b110", "MemFile": "rows.mem"},
            {
                "Operation": "mul",
                "ConstantBits": 2,
                "Depth": 2,
                "OutBits": 3,
                "Table": "4'h6",
                "MemFile": "signed.mem",
                "ConstantSigned": "1'b1",
                "OutSigned": "1'b1",
            },
        ],
        [
            Fault("elementwise_constant.sv", "AddrBits'(Depth - 1)) ?", "AddrBits'(Depth)) ?"),
            Fault("elementwise_constant.sv", "held_q <= beat_q;", "held_q <= in_data_i;"),
            Fault("elementwise_constant.sv", "if (take) addr_q", "addr_q"),
            Fault("elementwise_constant.sv", ".take_i(take)", ".take_i(1'b0)"),
            Fault("elementwise_constant.sv", "In1Signed(ConstantSigned)", "In1Signed(1'b0)", 1),
        ],
        contents={"rows.mem": "0\n1\n1\n", "signed.mem": "2\n1\n"},
    ),
    Proof(
        "pixel_scale",
        _VALUES,
        [
            {},
            {"Folds": 2, "Height": 1, "Rows": "2'd2"},
            {"Height": 3, "Cols": 1, "Rows": "6'h39", "Columns": "2'd1", "InSigned": "1'b1"},
        ],
        [
            Fault("pixel_scale.sv", "if (last_fold) begin", "begin", 1),
            Fault("pixel_scale.sv", "if (last_col) row_q", "row_q"),
            Fault("pixel_scale.sv", "{InSigned && in_data_i", "{in_data_i"),
            Fault("pixel_scale.sv", "? RowBits'(1) : '0", "? '0 : '0", 2),
        ],
    ),
)
