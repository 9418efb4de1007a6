"""The catalogue's part of the camera path: letterbox and suppression."""

from hw.formal.catalogue import Fault, Proof

CAMERA = (
    Proof(
        "resize_step",
        "as many steps take an old element and give a new one as there are; weights; divisors",
        [{}, {"MaxOld": 2, "MaxNew": 3}],
        [
            Fault("resize_step.sv", "(shift_q && (olds_q != '0));", "shift_q;"),
            Fault("resize_step.sv", "(has_low_q && (advance || last_o))", "(advance || last_o)"),
            Fault("resize_step.sv", "has_low_q <= (old_i == new_i);", "has_low_q <= 1'b0;"),
        ],
        quick=[1],
    ),
    Proof(
        "resize_rows",
        "handshake, none lost for want of room, progress",
        [{}, {"MaxBeats": 2}, {"MaxOld": 1, "MaxNew": 1}],
        [
            Fault("resize_rows.sv", "(free && ((beat_q", "(1'b1 && ((beat_q", 2),
            Fault("resize_rows.sv", ".take_i(issue && give_q)", ".take_i(issue)"),
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
)
