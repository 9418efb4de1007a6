"""The catalogue's part of the camera path: letterbox and suppression."""

from hw.formal.catalogue import Fault, Proof

#: Offsets of registers that hold what was written.
_HELD = (0x10, 0x14, 0x18, 0x1C, 0x4C, 0x50, 0x54, 0x58, 0x5C, 0x60, 0x64, 0x68, 0x6C)

CAMERA = (
    Proof(
        "resize_step",
        "as many steps take an old element and give a new one as there are; weights; divisors",
        [{}, {"MaxOld": 2, "MaxNew": 3}],
        [
            Fault("resize_step.sv", "(shift_q && (olds_q != ~One));", "shift_q;"),
            Fault("resize_step.sv", "(has_low_q && (advance || last_o))", "(advance || last_o)"),
            Fault("resize_step.sv", "has_low_q <= (old_i == new_i);", "has_low_q <= 1'b0;"),
        ],
        quick=[1],
    ),
    Proof(
        "resize_rows",
        "a beat is reserved where there is room, and comes; totals stay; progress",
        [{}, {"MaxBeats": 2}, {"MaxOld": 1, "MaxNew": 1}],
        [
            Fault("resize_rows.sv", "(out_free_i && (!first", "(1'b1 && (!first"),
            Fault("resize_rows.sv", "valid_q[3] && gives_q[3];", "valid_q[3];"),
        ],
    ),
    Proof(
        "letterbox_pad",
        "handshake, every pixel at its place and the border around; progress",
        [{}, {"Size": 3}],
        [
            Fault("letterbox_pad.sv", "(row_q - top_q < rows_q)", "(row_q < top_q + rows_q)"),
            Fault("letterbox_pad.sv", "(!within_picture || in_valid_i)", "1'b1"),
        ],
        quick=[0],
    ),
    Proof(
        "letterbox_place",
        "handshake, progress; sizes and borders, by products",
        [{}, {"MaxOld": 3, "Size": 6}],
        [
            Fault("letterbox_place.sv", "+ WideBits'(longest >> 1)", ""),
            Fault("letterbox_place.sv", "(quotient == '0) ? NewBits'(1) : quotient", "quotient"),
        ],
        quick=[0],
    ),
    Proof(
        "suppress_boxes",
        "handshake; a last beat a frame, at most so many boxes in front of it; progress",
        [{}],
        [
            Fault("suppress_boxes.sv", "(given_q == most_i)", "1'b0"),
            Fault("suppress_boxes.sv", "state_q <= stop ? End : Give;", "state_q <= Give;"),
        ],
    ),
    Proof(
        "video_read",
        "handshake; of each frame asked for the beats of its size, whatever comes; each start is "
        "taken or counted; progress; of right frames every beat, in order",
        [{}, {"Good": 1}],
        [
            Fault("video_read.sv", "begins && !first_q;", "begins;", 1),
            Fault("video_read.sv", "!(start && (may || soon));", "!(start && may);", 1),
            Fault("video_read.sv", "= job_valid_i && !stop_i", "= cfg_ready_i && !stop_i"),
            Fault("video_read.sv", "left_q <= line_end ? beats :", "left_q <="),
            Fault("video_read.sv", "if (line_end) lines_q <=", "lines_q <="),
            Fault("video_read.sv", "if (stop_i) begin", "if (1'b0) begin"),
        ],
    ),
    Proof(
        "video_notes",
        "of any frame, while it is the next to leave: its number, stamp and faults",
        [{}, {"Depth": 3}],
        [
            Fault("video_notes.sv", "held_q && !(leave_i && !older);", "held_q;"),
            Fault("video_notes.sv", "else if (more_i) flags_q", "else if (1'b0) flags_q"),
        ],
        quick=[1],
    ),
    Proof(
        "pixel_format",
        "valid stays; a beat out for each that goes in, none for want of room; progress",
        [{}],
        [
            Fault("pixel_format.sv", ".take_i(issue)", ".take_i(1'b0)"),
            Fault("pixel_format.sv", "{valid_q[4:0], issue}", "{valid_q[4:0], in_valid_i}"),
        ],
    ),
    Proof(
        "line_beats",
        "of each line its words are taken and its bytes go out in order; what was not taken stays; "
        "progress",
        [{}, {"WordBytes": 4, "Lanes": 2, "Bytes": 0}],
        [
            Fault("line_beats.sv", "32'(first) + WordBytes - 1", "WordBytes - 1"),
            Fault(
                "line_beats.sv", "apart && (in_valid_i || (words_q == '1))", "apart && in_valid_i"
            ),
            Fault("line_beats.sv", "first_q + frame_stride_i", "first_q"),
            Fault("line_beats.sv", "window_q >> {place_q[Shift-1:0]", "window_q >> {first_q"),
        ],
        quick=[1],
    ),
    Proof(
        "pixel_lanes",
        "order, nothing lost or doubled, progress; of one or two at a time, and with rests dropped",
        [{}, {"Drops": 1}, {"Lanes": 4, "Drops": 1}],
        [
            Fault("pixel_lanes.sv", "if (pop && !reserve_i) places_d", "if (pop) places_d"),
            Fault("pixel_lanes.sv", "lane_q + LaneBits'(2);", "lane_q + LaneBits'(1);"),
            Fault("pixel_lanes.sv", "!rst_ni || drop_i || (Lanes", "!rst_ni || (Lanes", 1),
        ],
    ),
    Proof(
        "resize_pairs",
        "handshake, progress; beats are the steps of resize_step, one or two, line after line",
        [{}, {"MaxOld": 2}, {"Pairs": 0}],
        [
            Fault(
                "resize_pairs.sv",
                "&& !(advance_a && (last_b || reach_b));",
                ";",
            ),
        ],
    ),
    Proof(
        "resize_columns",
        "of each line its pixels, the rest of their last beat and one total are taken",
        [{}, {"Lanes": 1}],
        [
            Fault("resize_columns.sv", "in_drop_o = step && last;", "in_drop_o = last;"),
            Fault("resize_columns.sv", "total_ready_o = step && last;", "total_ready_o = step;"),
        ],
    ),
    Proof(
        "camera_check",
        "an answer to each frame within some clocks, by sums of the registers; what is handed on",
        [{"IsVideo": 1}, {"MaxSide": 1}],
        [
            Fault("camera_check.sv", "!(misaligned_q || size_q ||", "!(size_q ||"),
            Fault(
                "camera_check.sv",
                "(SumBits'(job_most_o) + SumBits'(1)) << 4",
                "SumBits'(job_most_o) << 4",
            ),
        ],
    ),
    Proof(
        "camera_control",
        "a frame is checked where it may be; a bus error stops all until a reset, which ends",
        [{}],
        [
            Fault(
                "camera_control.sv",
                "if (bus_error) state_d = Stop;",
                "if (slverr_i) state_d = Stop;",
            ),
            Fault("camera_control.sv", "Drain: if (quiet_i) state_d", "Drain: state_d"),
            Fault("camera_control.sv", "!checking_i && room_i;", "room_i;"),
        ],
        quick=[0],
    ),
    Proof(
        "decode_boxes",
        "handshake; candidates of the threshold once and in order, a last beat behind a frame's; "
        "room for each; progress",
        [{}, {"Columns": 2}],
        [
            Fault("decode_boxes.sv", "may_q <= (reserved_d <= 4'(Room - 2));", "may_q <= 1'b1;"),
            Fault("decode_boxes.sv", "if (drop13_q) reserved_d -= 4'd1;", ""),
            Fault("decode_boxes.sv", "ending14_q <= rst_ni && end13_q;", "ending14_q <= end12_q;"),
        ],
        cut=["i_dut.score12_q", "i_dut.corners"],
    ),
    Proof(
        "frame_read",
        "handshake; a size, then the beats of each frame; addresses stay, the bus never waits; "
        "progress",
        [{}, {"Side": 1, "Grey": "1'b0"}],
        [
            Fault("frame_read.sv", "(lines_q == ~One) ? Wait", "(lines_q == '0) ? Wait"),
            Fault("frame_read.sv", "Wait: if (finished_q) state_q", "Wait: state_q"),
            Fault("frame_read.sv", "Give: if (cfg_ready_i) state_q", "Give: state_q"),
        ],
    ),
    Proof(
        "box_write",
        "handshake; a burst a box at its place, the header last, with their words; ends when all "
        "is answered; progress",
        [{}, {"Raw": "1'b1"}],
        [
            Fault(
                "box_write.sv",
                "words_out_q <= words_out && !record_done;",
                "words_out_q <= words_out;",
            ),
            Fault("box_write.sv", "Answers: if (quiet) state_q", "Answers: state_q"),
            Fault("box_write.sv", "(box_end_i ? '0 : AddrWidth'", "(1'b0 ? '0 : AddrWidth'"),
            Fault("box_write.sv", "Raw: if (raw_in_q && raw_planned)", "Raw: if (raw_in_q)", 1),
        ],
    ),
    Proof(
        "camera_registers",
        "each bit is what was written last; events stay until cleared, and win; the first error's "
        "address",
        [{"Offset": f"8'h{offset:02x}"} for offset in _HELD],
        [
            Fault(
                "camera_registers.sv",
                "isr_q <= isr_set | (isr_q & ~isr_clear);",
                "isr_q <= (isr_set | isr_q) & ~isr_clear;",
            ),
            Fault(
                "camera_registers.sv",
                "if (bus_error_i && !bus_error_q) begin",
                "if (bus_error_i) begin",
            ),
            Fault(
                "camera_registers.sv",
                "(ones | (words_q[32*i +: 32] & ~write_mask_i)) & Bits",
                "(ones | words_q[32*i +: 32]) & Bits",
            ),
            Fault(
                "camera_registers.sv",
                "done_i || (done_q && !clear_done)",
                "(done_i || done_q) && !clear_done",
            ),
        ],
    ),
    Proof(
        "camera_boxes",
        "handshakes; of each frame its integers are taken, raw words go out where asked for, boxes "
        "and a last beat behind; none of another frame; progress",
        [{}, {"Raw": "1'b1"}],
        [
            Fault("camera_boxes.sv", "job_valid_i && (left_q != '0);", "job_valid_i;"),
            Fault("camera_boxes.sv", "(fork_valid[1] && job_raw_i)", "(fork_valid[1])"),
            Fault("camera_boxes.sv", "in_valid_i && taking),", "in_valid_i),"),
        ],
        cut=[
            "i_dut.found_valid",
            "i_dut.found_end",
            "i_dut.one_ready",
            "i_dut.i_suppress.drop8_q",
            "i_dut.i_suppress.better",
            "i_dut.i_suppress.best_index_q",
        ],
    ),
    Proof(
        "camera_front",
        "a frame that passed goes once and in order to reader and writer, and there is room; "
        "answers stay until taken",
        [{}],
        [
            Fault("camera_front.sv", ".room_i(read_room && box_room)", ".room_i(read_room)"),
            Fault("camera_front.sv", "box_ready_i && !write_failed_q;", "box_ready_i;"),
        ],
        cut=[
            "i_dut.checking",
            "i_dut.checked",
            "i_dut.accept",
            "i_dut.job_format",
            "i_dut.job_raw",
            "i_dut.i_registers.words_q",
        ],
    ),
)
