// The best candidates of a frame, and of those that overlap only the best: what
// camera_path/suppress.py says.
//
// Candidates come in, with a last beat (in_end_i, of which nothing else counts) behind each
// frame's. Up to Most of the highest scores are kept, of equal scores the lower places. Behind the
// last beat boxes go out, best first, at most most_i, and a last beat (out_end_o) behind them; then
// the next frame may come. overlap_i and most_i have to hold from a frame's last beat in to its
// last beat out.
//
// A candidate takes a clock; once Most are kept, one that is better than the worst of them Most + 3
// clocks, in which the next worst is looked for. Each box that goes out is compared with all that
// are left, one a clock: N boxes that do not overlap take N * N / 2 + 12 * N clocks.
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
  localparam int unsigned Stages = 8;
  // The union's bits in two parts, each of which a multiplier takes
  localparam int unsigned LowBits = CornerBits + 1;
  localparam int unsigned LimitBits = AreaBits + OverlapBits + 2;

  // --- states: candidates come; the worst is looked for; entries pass by; the pipeline empties;
  // the best goes out; the last beat goes out

  typedef enum logic [2:0] {Fill, Worst, Pass, Empty, Give, End} state_e;
  state_e state_q;
  logic [CountBits-1:0] count_q, index_q, kept_q, given_q;

  // Entries: key and corners. A key is larger for a higher score, of equal ones for a lower place
  (* ram_style = "distributed" *)
  logic [EntryBits-1:0] entries [Most];
  logic [EntryBits-1:0] read1_q, incoming_q, written_q;
  logic [IndexBits-1:0] index1_q, write_index_q, next_index_q;
  logic write_q, came_q, end_q, full, take, better, store;

  // A candidate waits in front of the entries while they are at work
  assign in_ready_o = (state_q == Fill);
  assign take = came_q && (state_q == Fill);
  assign full = (count_q == CountBits'(Most));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) came_q <= 1'b0;
    else if (in_ready_o) came_q <= in_valid_i;
    if (in_ready_o) {end_q, incoming_q} <= {in_end_i, in_score_i, ~in_place_i, in_corners_i};
    read1_q <= entries[(state_q == Give) ? next_index_q : IndexBits'(index_q)];
    index1_q <= IndexBits'(index_q);
  end

  // --- the worst of those kept, once there are Most. The first clock writes the entry that came

  logic [KeyBits-1:0] worst_q;
  logic [IndexBits-1:0] worst_index_q;
  logic look_q;
  assign better = incoming_q[EntryBits-1 -: KeyBits] > worst_q;
  assign store = take && !end_q && (!full || better);

  // --- a pass: every entry against the best; the first pass of a frame has none

  logic first_q, stop;
  logic [4*CornerBits-1:0] best_q;
  logic [EntryBits-1:0] next_q;
  logic [IndexBits-1:0] best_index_q;
  logic issue, skip;
  logic [Stages:1] valid_q;
  logic [(Stages-1)*EntryBits-1:0] entry_q;

  assign issue = (state_q == Pass) && (index_q != count_q);
  assign skip = !first_q && (IndexBits'(index_q) == best_index_q);

  // Corners of both, and what they have in common
  logic signed [CornerBits-1:0] left2_q, top2_q, right2_q, bottom2_q;
  logic [CornerBits-1:0] entry_width2_q, entry_height2_q, width3_q, height3_q;
  logic [3:1] give_q;
  logic [AreaBits-1:0] area3_q, best_area_q, common4_q, common5_q, common6_q, common7_q;
  logic [AreaBits:0] areas4_q, union5_q;
  logic [LowBits+OverlapBits:0] low6_q;
  logic [AreaBits+OverlapBits+1-LowBits:0] high6_q;
  logic [LimitBits-1:0] limit;
  logic [LimitBits-OverlapBits-1:0] limit7_q;
  logic drop8_q;

  logic signed [CornerBits-1:0] left, top, right, bottom, best_left, best_top, best_right,
                                best_bottom;
  logic signed [CornerBits:0] width, height;
  assign {bottom, right, top, left} = read1_q[4*CornerBits-1:0];
  assign {best_bottom, best_right, best_top, best_left} = best_q;
  assign width = (CornerBits+1)'(right2_q) - (CornerBits+1)'(left2_q);
  assign height = (CornerBits+1)'(bottom2_q) - (CornerBits+1)'(top2_q);
  assign limit = LimitBits'({high6_q, LowBits'(0)}) + LimitBits'(low6_q);

  always_ff @(posedge clk_i) begin
    // 2: the common corners, the entry's sides
    left2_q <= (left > best_left) ? left : best_left;
    top2_q <= (top > best_top) ? top : best_top;
    right2_q <= (right < best_right) ? right : best_right;
    bottom2_q <= (bottom < best_bottom) ? bottom : best_bottom;
    entry_width2_q <= right - left;
    entry_height2_q <= bottom - top;
    // 3: the common sides, the entry's area
    width3_q <= width[CornerBits] ? '0 : width[CornerBits-1:0];
    height3_q <= height[CornerBits] ? '0 : height[CornerBits-1:0];
    area3_q <= AreaBits'(entry_width2_q) * AreaBits'(entry_height2_q);
    // 4: the common area, the sum of both
    common4_q <= AreaBits'(width3_q) * AreaBits'(height3_q);
    areas4_q <= {1'b0, area3_q} + {1'b0, best_area_q};
    // 5: the union
    union5_q <= areas4_q - {1'b0, common4_q};
    common5_q <= common4_q;
    // 6 and 7: the most that may be in common; of a frame's first pass nothing is
    low6_q <= (LowBits+OverlapBits+1)'(union5_q[LowBits-1:0]) *
              (LowBits+OverlapBits+1)'(overlap_i);
    high6_q <= (AreaBits+OverlapBits+2-LowBits)'(union5_q[AreaBits:LowBits]) *
               (AreaBits+OverlapBits+2-LowBits)'(overlap_i);
    common6_q <= first_q ? '0 : common5_q;
    limit7_q <= limit[LimitBits-1:OverlapBits];
    common7_q <= common6_q;
    // 8: too much
    drop8_q <= (LimitBits-OverlapBits)'(common7_q) > limit7_q;

    entry_q <= ((Stages-1)*EntryBits)'({entry_q, read1_q});
    valid_q <= rst_ni ? {valid_q[Stages-1:1], issue && !skip} : '0;

    // The best is read before its pass, for its area
    give_q <= {give_q[2:1], state_q == Give};
    if (give_q[3]) best_area_q <= area3_q;
  end

  // What stays goes back, in order, and the best of it is the next to go out
  logic back, back_q, only_q;
  assign back = valid_q[Stages] && !drop8_q;

  always_ff @(posedge clk_i) begin
    write_q <= rst_ni && (store || back);
    written_q <= back ? entry_q[(Stages-2)*EntryBits +: EntryBits] : incoming_q;
    write_index_q <= back ? IndexBits'(kept_q) : full ? worst_index_q : IndexBits'(count_q);
    back_q <= rst_ni && back;
    only_q <= (kept_q == '0);
  end

  always_ff @(posedge clk_i) begin
    if (write_q) entries[write_index_q] <= written_q;
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
      first_q <= 1'b1;
    end else begin
      unique case (state_q)
        Fill: begin
          if (take && end_q) begin
            state_q <= Pass;
          end else if (store) begin
            if (!full) count_q <= count_q + CountBits'(1);
            if (full || (count_q == CountBits'(Most - 1))) state_q <= Worst;
          end
        end
        Worst: begin
          if (index_q == CountBits'(Most)) index_q <= '0;
          else if (!write_q) index_q <= index_q + CountBits'(1);
          if (index_q == CountBits'(Most)) state_q <= Fill;
        end
        Pass: begin
          if (issue) index_q <= index_q + CountBits'(1);
          else state_q <= Empty;
        end
        Empty: begin
          if (valid_q == '0) state_q <= stop ? End : Give;
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
    look_q <= (state_q == Worst) && !write_q && (index_q != CountBits'(Most));
    if (look_q && (index1_q == '0 || read1_q[EntryBits-1 -: KeyBits] < worst_q)) begin
      worst_q <= read1_q[EntryBits-1 -: KeyBits];
      worst_index_q <= index1_q;
    end
    if (back_q && (only_q ||
                   written_q[EntryBits-1 -: KeyBits] > next_q[EntryBits-1 -: KeyBits])) begin
      next_q <= written_q;
      next_index_q <= write_index_q;
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

  logic unused;
  assign unused = &{1'b0, limit};

endmodule
