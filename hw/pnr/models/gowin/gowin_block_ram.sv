// Model of a Gowin block RAM of one port that writes (A) and one that reads (B), as SDPB and SDPX9B
// are: for simulating netlists. From Gowin's UG285.
//
// 512 rows of four parts of 8 (SDPB) or 9 bits (SDPX9B); narrower words lie in a row from its least
// significant bit on, those of 1, 2 and 4 bits in a part. Words of two and four parts have a write
// enable for each part, in the address' lowest bits.
// What is read while the other port writes it is inverted here: a netlist must not use it.
// The output register is not modelled: a netlist with one ends elaboration.
module gowin_block_ram #(
  // Bits of a part
  parameter int unsigned Part = 9,
  // Bits of a word at each port: 1, 2, 4, and one, two or four parts
  parameter int unsigned WidthA = 36,
  parameter int unsigned WidthB = 36,
  parameter bit OutputRegister = 1'b0,
  // Contents, row 0 in the least significant bits
  parameter logic [64*32*Part-1:0] Init = '0
) (
  input  logic        clk_a_i,
  input  logic        write_a_i,
  input  logic [13:0] address_a_i,
  input  logic [35:0] data_a_i,
  input  logic        clk_b_i,
  input  logic        reset_b_i,
  input  logic        read_b_i,
  input  logic [13:0] address_b_i,
  output logic [35:0] data_b_o
);

  localparam int unsigned Row = 4 * Part;

  if (OutputRegister) begin : gen_check_mode
    $error("gowin_block_ram: a mode that this model does not have");
  end

  function automatic logic [Row-1:0] ones(input int unsigned width);
    return Row'((64'd1 << width) - 64'd1);
  endfunction

  // Where a word begins in its row
  function automatic logic [5:0] offset(input int unsigned width, input logic [13:0] address);
    logic [5:0] part;
    part = 6'(Part) * 6'(address[4:3]);
    if (width == Row) return 6'd0;
    if (width == 2 * Part) return 6'(2 * Part) * 6'(address[4]);
    if (width == Part) return part;
    if (width == 4) return part + 6'd4 * 6'(address[2]);
    if (width == 2) return part + 6'd2 * 6'(address[2:1]);
    return part + 6'(address[2:0]);
  endfunction

  logic [Row-1:0] mem [512];
  logic [Row-1:0] parts, mask_a, new_a, seen_b;
  logic [Row-1:0] out_q;

  initial begin
    for (int i = 0; i < 512; i++) mem[i] = Init[Row*i +: Row];
  end

  assign parts = {{Part{address_a_i[3]}}, {Part{address_a_i[2]}}, {Part{address_a_i[1]}},
                  {Part{address_a_i[0]}}};
  assign mask_a = ((WidthA >= 2 * Part) ? (parts & ones(WidthA)) : ones(WidthA))
                  << offset(WidthA, address_a_i);
  assign new_a = Row'(data_a_i) << offset(WidthA, address_a_i);
  assign seen_b = mem[address_b_i[13:5]] ^
      ((write_a_i && (address_a_i[13:5] == address_b_i[13:5])) ? mask_a : '0);

  always_ff @(posedge clk_a_i) begin
    for (int i = 0; i < Row; i++) begin
      if (write_a_i && mask_a[i]) mem[address_a_i[13:5]][i] <= new_a[i];
    end
  end

  always_ff @(posedge clk_b_i) begin
    if (reset_b_i) out_q <= '0;
    else if (read_b_i) out_q <= (seen_b >> offset(WidthB, address_b_i)) & ones(WidthB);
  end

  assign data_b_o = 36'(out_q);

endmodule
