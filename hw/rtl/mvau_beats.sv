// The beats of an mvau: which is next, and its activations.
//
// A vector is SF beats of the input, and each row fold of the matrix takes all of them. During row
// fold 0 they come from the input, during the NF-1 row folds after that from the replay buffer,
// while the input waits. A vector takes SF*NF clocks, without a bubble. Turns vectors, of as many
// groups, have rows of weights of their own.
//
// In a clock with a beat `beat_o` is high, `row_o` is its row of the weight memory,
// (turn*NF + nf)*SF + sf, and `last_o` says that it completes a row fold. Its activations are at
// `act_o` one clock later.
//
// The last beat of a row fold waits for `free_i`: a place for the result. `in_ready_o` depends on
// registers and `free_i` only.
module mvau_beats #(
  // Bits of a beat
  parameter int unsigned Width = 8,
  // Beats of a vector, row folds, and groups that come one after another
  parameter int unsigned SF = 2,
  parameter int unsigned NF = 2,
  parameter int unsigned Turns = 1,
  // Memory of the replay buffer: "auto", "block" or "distributed"
  parameter ReplayStyle = "auto",
  // Not to be set
  parameter int unsigned Rows = SF * NF * Turns,
  parameter int unsigned RowBits = (Rows > 1) ? $clog2(Rows) : 1
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               in_valid_i,
  output logic               in_ready_o,
  input  logic [Width-1:0]   in_data_i,
  input  logic               free_i,
  output logic               beat_o,
  output logic               last_o,
  output logic [RowBits-1:0] row_o,
  output logic [Width-1:0]   act_o
);

  localparam int unsigned SfBits = (SF > 1) ? $clog2(SF) : 1;
  localparam int unsigned NfBits = (NF > 1) ? $clog2(NF) : 1;

  if (Width == 0) begin : gen_check_width
    $error("mvau_beats: Width must be at least 1");
  end
  if ((SF == 0) || (NF == 0) || (Turns == 0)) begin : gen_check_folds
    $error("mvau_beats: SF, NF and Turns must be at least 1");
  end
  if ((128'(ReplayStyle) != 128'("auto")) && (128'(ReplayStyle) != 128'("block")) &&
      (128'(ReplayStyle) != 128'("distributed"))) begin : gen_check_style
    $error("mvau_beats: ReplayStyle must be auto, block or distributed");
  end

  logic [SfBits-1:0] sf_q;
  logic [NfBits-1:0] nf_q;
  logic [RowBits-1:0] row_q;
  // Whether it is row fold 0; a register, for it reaches across all activations
  logic from_input_q;
  logic last_sf, last_nf, last_row, from_input, may_go, go;

  assign last_sf = (sf_q == SfBits'(SF - 1));
  assign last_nf = (nf_q == NfBits'(NF - 1));
  assign last_row = (Turns == 1) ? last_sf && last_nf : (row_q == RowBits'(Rows - 1));
  assign from_input = (NF == 1) || from_input_q;
  assign may_go = free_i || !last_sf;
  assign in_ready_o = may_go && from_input;
  assign go = may_go && (in_valid_i || !from_input);
  assign beat_o = go;
  assign last_o = go && last_sf;
  assign row_o = row_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      sf_q <= '0;
      nf_q <= '0;
      from_input_q <= 1'b1;
      row_q <= '0;
    end else if (go) begin
      sf_q <= last_sf ? '0 : sf_q + SfBits'(1);
      if (last_sf) begin
        nf_q <= last_nf ? '0 : nf_q + NfBits'(1);
        from_input_q <= last_nf;
      end
      row_q <= last_row ? '0 : row_q + RowBits'(1);
    end
  end

  logic [Width-1:0] input_q;

  always_ff @(posedge clk_i) input_q <= in_data_i;

  if (NF > 1) begin : gen_replay
    (* ram_style = ReplayStyle, no_rw_check *)
    logic [Width-1:0] replay [SF];
    logic [Width-1:0] replay_q;
    logic replayed_q;

    // Also in clocks without a beat: what is written then is overwritten by the beat that comes
    always_ff @(posedge clk_i) begin
      if (from_input) replay[sf_q] <= in_data_i;
    end

    always_ff @(posedge clk_i) begin
      replay_q <= replay[sf_q];
      replayed_q <= !from_input;
    end

    assign act_o = replayed_q ? replay_q : input_q;
  end else begin : gen_no_replay
    assign act_o = input_q;
  end

endmodule
