// The best candidates of a frame, and of those that overlap only the best: what
// camera_path/suppress.py says.
//
// Candidates come in, with a last beat (in_end_i, of which nothing else counts) behind each
// frame's. Up to Most of the highest scores are kept, of equal scores the lower places. Behind the
// last beat boxes go out, best first, at most most_i, and a last beat (out_end_o) behind them; then
// the next frame may come. overlap_i and most_i have to hold from a frame's last beat in to its
// last beat out.
//
// A candidate takes a clock; once Most are kept, one that is better than the worst of them Most + 2
// clocks, in which the next worst is looked for. Each box that goes out is compared with all that
// are left, one a clock: N boxes that do not overlap take N * N / 2 + 10 * N clocks.
module suppress_boxes #(
  // Candidates kept
  parameter int unsigned Most = 64,
  // Bits of a score, of a place, and of a corner's coordinates (two's complement)
  parameter int unsigned ScoreBits = 16,
  parameter int unsigned PlaceBits = 11,
  parameter int unsigned CornerBits = 16,
  // Fractional bits of the threshold
  parameter int unsigned OverlapBits = 16,
  // Not to be set
  parameter int unsigned CountBits = $clog2(Most + 1)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  // An intersection over union above overlap_i / 2 ** OverlapBits is too much
  input  logic [OverlapBits:0]    overlap_i,
  // Boxes that leave at most
  input  logic [CountBits-1:0]    most_i,
  input  logic                    in_valid_i,
  output logic                    in_ready_o,
  input  logic                    in_end_i,
  input  logic [ScoreBits-1:0]    in_score_i,
  input  logic [PlaceBits-1:0]    in_place_i,
  // Left, top, right, bottom, left least significant
  input  logic [4*CornerBits-1:0] in_corners_i,
  output logic                    out_valid_o,
  input  logic                    out_ready_i,
  output logic                    out_end_o,
  output logic [ScoreBits-1:0]    out_score_o,
  output logic [PlaceBits-1:0]    out_place_o,
  output logic [4*CornerBits-1:0] out_corners_o
);

  if (Most < 2 || ScoreBits == 0 || PlaceBits == 0 || CornerBits == 0 || OverlapBits == 0)
  begin : gen_check
    $error("suppress_boxes: Most must be at least 2, the others at least 1");
  end

  localparam int unsigned IndexBits = $clog2(Most);
  localparam int unsigned KeyBits = ScoreBits + PlaceBits;
  localparam int unsigned EntryBits = KeyBits + 4 * CornerBits;
  localparam int unsigned AreaBits = 2 * CornerBits;
  // Clocks from an entry's address to its way back
  localparam int unsigned Stages = 6;

  // --- states: candidates come; the worst is looked for; entries pass by; the pipeline empties;
  // the best goes out; the last beat goes out

  typedef enum logic [2:0] {Fill, Worst, Pass, Empty, Give, End} state_e;
  state_e state_q;
  logic [CountBits-1:0] count_q, index_q, kept_q, given_q;
  logic [2:0] drain_q;

  // Entries: key and corners. A key is larger for a higher score, of equal ones for a lower place
  (* ram_style = "distributed" *)
  logic [EntryBits-1:0] entries [Most];
  logic [EntryBits-1:0] read, incoming, written;
  logic [IndexBits-1:0] write_index;
  logic write, full, take, better, store;

  assign incoming = {in_score_i, ~in_place_i, in_corners_i};
  assign read = entries[IndexBits'(index_q)];
  assign full = (count_q == CountBits'(Most));
  assign in_ready_o = (state_q == Fill);
  assign take = in_valid_i && in_ready_o;

  // --- the worst of those kept, once there are Most

  logic [KeyBits-1:0] worst_q;
  logic [IndexBits-1:0] worst_index_q;
  logic [KeyBits-1:0] read_key;
  assign read_key = read[EntryBits-1 -: KeyBits];
  assign better = incoming[EntryBits-1 -: KeyBits] > worst_q;
  assign store = take && !in_end_i && (!full || better);

  // --- a pass: every entry against the best; the first pass of a frame has none

  logic first_q, stop;
  logic [4*CornerBits-1:0] best_q;
  logic [EntryBits-1:0] next_q;
  logic [IndexBits-1:0] best_index_q, next_index_q;
  logic issue, skip;
  logic [Stages:1] valid_q;
  logic [Stages*EntryBits-1:0] entry_q;

  assign issue = (state_q == Pass) && (index_q != count_q);
  assign skip = !first_q && (IndexBits'(index_q) == best_index_q);

  // Corners of both, and what they have in common
  logic signed [CornerBits-1:0] left1_q, top1_q, right1_q, bottom1_q;
  logic [CornerBits-1:0] width2_q, height2_q, entry_width2_q, entry_height2_q;
  logic [CornerBits-1:0] best_width_q, best_height_q;
  logic [AreaBits-1:0] common3_q, area3_q, best_area_q, common4_q, common5_q;
  logic [AreaBits:0] union4_q;
  logic [AreaBits+OverlapBits+1:0] limit5_q;
  logic drop6_q;

  logic signed [CornerBits-1:0] left, top, right, bottom, best_left, best_top, best_right,
                                best_bottom, left1, top1, right1, bottom1;
  assign {bottom, right, top, left} = read[4*CornerBits-1:0];
  assign {best_bottom, best_right, best_top, best_left} = best_q;
  assign {bottom1, right1, top1, left1} = entry_q[4*CornerBits-1:0];

  always_ff @(posedge clk_i) begin
    // 1: the common corners
    left1_q <= (left > best_left) ? left : best_left;
    top1_q <= (top > best_top) ? top : best_top;
    right1_q <= (right < best_right) ? right : best_right;
    bottom1_q <= (bottom < best_bottom) ? bottom : best_bottom;
    // 2: sides
    width2_q <= (right1_q > left1_q) ? right1_q - left1_q : '0;
    height2_q <= (bottom1_q > top1_q) ? bottom1_q - top1_q : '0;
    entry_width2_q <= right1 - left1;
    entry_height2_q <= bottom1 - top1;
    // 3: areas
    common3_q <= AreaBits'(width2_q) * AreaBits'(height2_q);
    area3_q <= AreaBits'(entry_width2_q) * AreaBits'(entry_height2_q);
    // 4: the union
    union4_q <= {1'b0, area3_q} + {1'b0, best_area_q} - {1'b0, common3_q};
    common4_q <= common3_q;
    // 5: the most that may be in common
    limit5_q <= (AreaBits+OverlapBits+2)'(union4_q) * (AreaBits+OverlapBits+2)'(overlap_i);
    common5_q <= common4_q;
    // 6: too much
    drop6_q <= !first_q && ((AreaBits+OverlapBits+2)'({common5_q, {OverlapBits{1'b0}}}) > limit5_q);

    entry_q <= (Stages*EntryBits)'({entry_q, read});
    valid_q <= rst_ni ? {valid_q[Stages-1:1], issue && !skip} : '0;

    best_width_q <= best_right - best_left;
    best_height_q <= best_bottom - best_top;
    best_area_q <= AreaBits'(best_width_q) * AreaBits'(best_height_q);
  end

  // What stays goes back, in order, and the best of it is the next to go out
  logic back;
  logic [EntryBits-1:0] back_entry;
  assign back = valid_q[Stages] && !drop6_q;
  assign back_entry = entry_q[(Stages-1)*EntryBits +: EntryBits];
  assign write = store || back;
  assign written = back ? back_entry : incoming;
  assign write_index = back ? IndexBits'(kept_q) : full ? worst_index_q : IndexBits'(count_q);

  always_ff @(posedge clk_i) begin
    if (write) entries[write_index] <= written;
  end

  logic out_free;
  assign stop = (kept_q == '0) || (given_q == most_i);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Fill;
      count_q <= '0;
      index_q <= '0;
      kept_q <= '0;
      given_q <= '0;
      drain_q <= '0;
      first_q <= 1'b1;
    end else begin
      unique case (state_q)
        Fill: begin
          if (take && in_end_i) begin
            state_q <= Pass;
          end else if (store) begin
            if (!full) count_q <= count_q + CountBits'(1);
            if (full || (count_q == CountBits'(Most - 1))) state_q <= Worst;
          end
        end
        Worst: begin
          index_q <= (index_q == CountBits'(Most - 1)) ? '0 : index_q + CountBits'(1);
          if (index_q == CountBits'(Most - 1)) state_q <= Fill;
        end
        Pass: begin
          if (issue) index_q <= index_q + CountBits'(1);
          else state_q <= Empty;
        end
        Empty: begin
          drain_q <= drain_q + 3'd1;
          if (drain_q == 3'(Stages)) begin
            drain_q <= '0;
            state_q <= stop ? End : Give;
          end
        end
        Give: begin
          if (out_free) begin
            state_q <= Pass;
            first_q <= 1'b0;
            count_q <= kept_q;
            kept_q <= '0;
            index_q <= '0;
            given_q <= given_q + CountBits'(1);
          end
        end
        default: begin
          if (out_free) begin
            state_q <= Fill;
            first_q <= 1'b1;
            count_q <= '0;
            kept_q <= '0;
            index_q <= '0;
            given_q <= '0;
          end
        end
      endcase
      if (back) kept_q <= kept_q + CountBits'(1);
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == Worst && (index_q == '0 || read_key < worst_q)) begin
      worst_q <= read_key;
      worst_index_q <= IndexBits'(index_q);
    end
    if (back && (kept_q == '0 ||
                 back_entry[EntryBits-1 -: KeyBits] > next_q[EntryBits-1 -: KeyBits])) begin
      next_q <= back_entry;
      next_index_q <= IndexBits'(kept_q);
    end
    if (state_q == Give) begin
      best_q <= next_q[4*CornerBits-1:0];
      best_index_q <= next_index_q;
    end
  end

  logic [ScoreBits-1:0] next_score;
  logic [PlaceBits-1:0] next_place;
  assign {next_score, next_place} = next_q[EntryBits-1 -: KeyBits];

  stream_fifo #(
    .Width(EntryBits + 1),
    .Depth(1)
  ) i_out (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(state_q == Give || state_q == End),
    .in_ready_o(out_free),
    .in_data_i((state_q == End) ? {1'b1, EntryBits'(0)}
                                : {1'b0, next_score, ~next_place, next_q[4*CornerBits-1:0]}),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o({out_end_o, out_score_o, out_place_o, out_corners_o})
  );

endmodule
