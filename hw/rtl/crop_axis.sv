// One axis of a crop: which of Size places are kept.
//
// They are First, First + Step, ... up to Last. `keep_o` and `last_o` are of the present place, which
// `step_i` moves on; behind the last one comes the first.
module crop_axis #(
  parameter int unsigned Size = 4,
  parameter int unsigned First = 1,
  parameter int unsigned Last = 3,
  parameter int unsigned Step = 1
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic step_i,
  output logic keep_o,
  output logic last_o
);

  if (Size == 0 || Step == 0 || First > Last || Last >= Size) begin : gen_check
    $error("crop_axis: Size and Step must be at least 1, First at most Last, Last below Size");
  end

  localparam int unsigned Bits = (Size > 1) ? $clog2(Size) : 1;

  logic [Bits-1:0] place_q;
  logic begun, ended, turn;

  assign last_o = (place_q == Bits'(Size - 1));
  assign keep_o = begun && !ended && turn;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      place_q <= '0;
    end else if (step_i) begin
      place_q <= last_o ? '0 : place_q + Bits'(1);
    end
  end

  if (First == 0) begin : gen_from_begin
    assign begun = 1'b1;
  end else begin : gen_from
    assign begun = (place_q >= Bits'(First));
  end

  if (Last == Size - 1) begin : gen_to_end
    assign ended = 1'b0;
  end else begin : gen_to
    assign ended = (place_q > Bits'(Last));
  end

  if (Step == 1) begin : gen_every
    assign turn = 1'b1;
  end else begin : gen_some
    localparam int unsigned WaitBits = $clog2(Step);
    // Places until the next one that is kept
    logic [WaitBits-1:0] wait_q;

    assign turn = (wait_q == '0);

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        wait_q <= '0;
      end else if (step_i) begin
        if (last_o) begin
          wait_q <= '0;
        end else if (begun) begin
          wait_q <= turn ? WaitBits'(Step - 1) : wait_q - WaitBits'(1);
        end
      end
    end
  end

endmodule
