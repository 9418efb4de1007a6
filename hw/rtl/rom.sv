// Read-only memory with contents from a $readmemh file.
//
// The read is synchronous: `data_o` is the row of the address of the clock before. A memory of one
// row never changes, so that its latency cannot be seen; synthesis makes constants of it.
module rom #(
  // Bits of a row
  parameter int unsigned Width = 8,
  // Rows
  parameter int unsigned Depth = 16,
  // $readmemh file with one row a line; "" leaves all rows zero
  parameter File = "",
  // "auto", "block", "distributed" (Vivado's name of a LUT ROM) or "logic" (yosys' name of it)
  parameter Style = "auto",
  // Bits of the address; not to be set
  parameter int unsigned AddrBits = (Depth > 1) ? $clog2(Depth) : 1
) (
  input  logic                clk_i,
  input  logic [AddrBits-1:0] addr_i,
  output logic [Width-1:0]    data_o
);

  localparam logic [127:0] StyleText = 128'(Style);

  if (Width == 0) begin : gen_check_width
    $error("rom: Width must be at least 1");
  end
  if (Depth == 0) begin : gen_check_depth
    $error("rom: Depth must be at least 1");
  end
  if ((StyleText != 128'("auto")) && (StyleText != 128'("block")) &&
      (StyleText != 128'("distributed")) && (StyleText != 128'("logic"))) begin : gen_check_style
    $error("rom: Style must be auto, block, distributed or logic");
  end

`ifdef YOSYS
  // It calls a LUT ROM "logic", and nothing else
  localparam RomStyle = (StyleText == 128'("distributed")) ? "logic" : Style;
  (* rom_style = RomStyle *)
`else
  (* rom_style = Style *)
`endif
  logic [Width-1:0] mem [Depth];

  if (File != "") begin : gen_file
    initial $readmemh(File, mem);
  end else begin : gen_zero
    initial begin
      for (int unsigned i = 0; i < Depth; i++) mem[i] = '0;
    end
  end

  if (Depth > 1) begin : gen_read
    always_ff @(posedge clk_i) data_o <= mem[addr_i];
  end else begin : gen_constant
    logic unused_inputs;
    assign unused_inputs = ^{clk_i, addr_i};
    assign data_o = mem[0];
  end

endmodule
