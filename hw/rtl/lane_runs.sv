// Lanes of a window for each of several copies of a layer. These are wires, without logic.
//
// The input is Rows rows of RowLanes lanes. Copy i takes Run lanes of each row, from lane First +
// i*Step on. The output holds Rows * Run lanes for each copy in turn, row by row.
module lane_runs #(
  // Copies, rows of the window, lanes of a row
  parameter int unsigned Copies = 2,
  parameter int unsigned Rows = 3,
  parameter int unsigned RowLanes = 4,
  // First lane of copy 0, lanes from a copy to the next, lanes that a copy takes
  parameter int unsigned First = 0,
  parameter int unsigned Step = 1,
  parameter int unsigned Run = 3,
  // Bits of a lane
  parameter int unsigned Bits = 8
) (
  input  logic [Rows*RowLanes*Bits-1:0]   in_data_i,
  output logic [Copies*Rows*Run*Bits-1:0] out_data_o
);

  if (Copies == 0 || Rows == 0 || Run == 0 || Bits == 0) begin : gen_check_zero
    $error("lane_runs: Copies, Rows, Run and Bits must be at least 1");
  end
  if (First + (Copies - 1) * Step + Run > RowLanes) begin : gen_check_lanes
    $error("lane_runs: the last copy's lanes must be in the row");
  end

  for (genvar copy = 0; copy < Copies; copy++) begin : gen_copy
    for (genvar row = 0; row < Rows; row++) begin : gen_row
      assign out_data_o[(copy*Rows + row)*Run*Bits +: Run*Bits] =
          in_data_i[(row*RowLanes + First + copy*Step)*Bits +: Run*Bits];
    end
  end

  // Lanes that no copy takes
  logic unused_lanes;
  assign unused_lanes = ^in_data_i;

endmodule
