// Model of an ECP5's block RAM, as far as yosys uses it: for simulating netlists.
//
// 512 rows of 36 bits in four parts of nine; narrower words lie in a row from its least significant
// bit on, those of 1, 2 and 4 bits in the lower eight bits of a part. Port A of 36 bits writes
// (bits 18 and up come in at port B), port B of 36 bits reads (bits 0 to 17 go out at port A).
// What a port reads while the other one writes it is inverted here: a netlist must not use it.
// A port with REGMODE "OUTREG" has a register behind its word, with an enable of its own (OCE); with
// words of 36 bits both halves come from one, port B's. Inverted clocks are not modelled and end
// elaboration. Yosys asks for an asynchronous reset where nothing resets a port: one that is
// asserted ends the simulation, as does a reset of an output register.
/* verilator lint_off UNUSEDPARAM */
/* verilator lint_off UNUSEDSIGNAL */
module DP16KD #(
  parameter int DATA_WIDTH_A = 18,
  parameter int DATA_WIDTH_B = 18,
  parameter REGMODE_A = "NOREG",
  parameter REGMODE_B = "NOREG",
  parameter RESETMODE = "SYNC",
  parameter ASYNC_RESET_RELEASE = "SYNC",
  parameter CSDECODE_A = "0b000",
  parameter CSDECODE_B = "0b000",
  parameter [127:0] WRITEMODE_A = "NORMAL",
  parameter [127:0] WRITEMODE_B = "NORMAL",
  parameter CLKAMUX = "CLKA",
  parameter CLKBMUX = "CLKB",
  parameter GSR = "AUTO",
  parameter INIT_DATA = "STATIC",
  parameter logic [319:0] INITVAL_00 = '0,
  parameter logic [319:0] INITVAL_01 = '0,
  parameter logic [319:0] INITVAL_02 = '0,
  parameter logic [319:0] INITVAL_03 = '0,
  parameter logic [319:0] INITVAL_04 = '0,
  parameter logic [319:0] INITVAL_05 = '0,
  parameter logic [319:0] INITVAL_06 = '0,
  parameter logic [319:0] INITVAL_07 = '0,
  parameter logic [319:0] INITVAL_08 = '0,
  parameter logic [319:0] INITVAL_09 = '0,
  parameter logic [319:0] INITVAL_0A = '0,
  parameter logic [319:0] INITVAL_0B = '0,
  parameter logic [319:0] INITVAL_0C = '0,
  parameter logic [319:0] INITVAL_0D = '0,
  parameter logic [319:0] INITVAL_0E = '0,
  parameter logic [319:0] INITVAL_0F = '0,
  parameter logic [319:0] INITVAL_10 = '0,
  parameter logic [319:0] INITVAL_11 = '0,
  parameter logic [319:0] INITVAL_12 = '0,
  parameter logic [319:0] INITVAL_13 = '0,
  parameter logic [319:0] INITVAL_14 = '0,
  parameter logic [319:0] INITVAL_15 = '0,
  parameter logic [319:0] INITVAL_16 = '0,
  parameter logic [319:0] INITVAL_17 = '0,
  parameter logic [319:0] INITVAL_18 = '0,
  parameter logic [319:0] INITVAL_19 = '0,
  parameter logic [319:0] INITVAL_1A = '0,
  parameter logic [319:0] INITVAL_1B = '0,
  parameter logic [319:0] INITVAL_1C = '0,
  parameter logic [319:0] INITVAL_1D = '0,
  parameter logic [319:0] INITVAL_1E = '0,
  parameter logic [319:0] INITVAL_1F = '0,
  parameter logic [319:0] INITVAL_20 = '0,
  parameter logic [319:0] INITVAL_21 = '0,
  parameter logic [319:0] INITVAL_22 = '0,
  parameter logic [319:0] INITVAL_23 = '0,
  parameter logic [319:0] INITVAL_24 = '0,
  parameter logic [319:0] INITVAL_25 = '0,
  parameter logic [319:0] INITVAL_26 = '0,
  parameter logic [319:0] INITVAL_27 = '0,
  parameter logic [319:0] INITVAL_28 = '0,
  parameter logic [319:0] INITVAL_29 = '0,
  parameter logic [319:0] INITVAL_2A = '0,
  parameter logic [319:0] INITVAL_2B = '0,
  parameter logic [319:0] INITVAL_2C = '0,
  parameter logic [319:0] INITVAL_2D = '0,
  parameter logic [319:0] INITVAL_2E = '0,
  parameter logic [319:0] INITVAL_2F = '0,
  parameter logic [319:0] INITVAL_30 = '0,
  parameter logic [319:0] INITVAL_31 = '0,
  parameter logic [319:0] INITVAL_32 = '0,
  parameter logic [319:0] INITVAL_33 = '0,
  parameter logic [319:0] INITVAL_34 = '0,
  parameter logic [319:0] INITVAL_35 = '0,
  parameter logic [319:0] INITVAL_36 = '0,
  parameter logic [319:0] INITVAL_37 = '0,
  parameter logic [319:0] INITVAL_38 = '0,
  parameter logic [319:0] INITVAL_39 = '0,
  parameter logic [319:0] INITVAL_3A = '0,
  parameter logic [319:0] INITVAL_3B = '0,
  parameter logic [319:0] INITVAL_3C = '0,
  parameter logic [319:0] INITVAL_3D = '0,
  parameter logic [319:0] INITVAL_3E = '0,
  parameter logic [319:0] INITVAL_3F = '0
) (
  input  logic DIA0, DIA1, DIA2, DIA3, DIA4, DIA5, DIA6, DIA7, DIA8,
  input  logic DIA9, DIA10, DIA11, DIA12, DIA13, DIA14, DIA15, DIA16, DIA17,
  input  logic ADA0, ADA1, ADA2, ADA3, ADA4, ADA5, ADA6, ADA7, ADA8,
  input  logic ADA9, ADA10, ADA11, ADA12, ADA13,
  input  logic CEA, OCEA, CLKA, WEA, RSTA, CSA0, CSA1, CSA2,
  output logic DOA0, DOA1, DOA2, DOA3, DOA4, DOA5, DOA6, DOA7, DOA8,
  output logic DOA9, DOA10, DOA11, DOA12, DOA13, DOA14, DOA15, DOA16, DOA17,
  input  logic DIB0, DIB1, DIB2, DIB3, DIB4, DIB5, DIB6, DIB7, DIB8,
  input  logic DIB9, DIB10, DIB11, DIB12, DIB13, DIB14, DIB15, DIB16, DIB17,
  input  logic ADB0, ADB1, ADB2, ADB3, ADB4, ADB5, ADB6, ADB7, ADB8,
  input  logic ADB9, ADB10, ADB11, ADB12, ADB13,
  input  logic CEB, OCEB, CLKB, WEB, RSTB, CSB0, CSB1, CSB2,
  output logic DOB0, DOB1, DOB2, DOB3, DOB4, DOB5, DOB6, DOB7, DOB8,
  output logic DOB9, DOB10, DOB11, DOB12, DOB13, DOB14, DOB15, DOB16, DOB17
);

  localparam bit WideRead = (DATA_WIDTH_B == 36);
  localparam logic [47:0] RegisterA = 48'(REGMODE_A), RegisterB = 48'(REGMODE_B);

  if (WideRead && RegisterA != RegisterB) begin : gen_check_halves
    $error("DP16KD: halves of a word with and without a register");
  end
  if ((RegisterA != 48'("NOREG") && RegisterA != 48'("OUTREG")) ||
      (RegisterB != 48'("NOREG") && RegisterB != 48'("OUTREG")) || CLKAMUX != "CLKA" || CLKBMUX != "CLKB" ||
      CSDECODE_A != "0b000" || CSDECODE_B != "0b000") begin : gen_check_mode
    $error("DP16KD: a mode that this model does not have");
  end

  if (RESETMODE != "SYNC") begin : gen_no_reset
    always @(posedge RSTA or posedge RSTB) begin
      $fatal(1, "DP16KD: an asynchronous reset, which this model does not have");
    end
  end

  localparam logic [64*320-1:0] Init = {
    INITVAL_3F, INITVAL_3E, INITVAL_3D, INITVAL_3C, INITVAL_3B, INITVAL_3A, INITVAL_39,
      INITVAL_38, INITVAL_37, INITVAL_36, INITVAL_35, INITVAL_34, INITVAL_33, INITVAL_32,
      INITVAL_31, INITVAL_30, INITVAL_2F, INITVAL_2E, INITVAL_2D, INITVAL_2C, INITVAL_2B,
      INITVAL_2A, INITVAL_29, INITVAL_28, INITVAL_27, INITVAL_26, INITVAL_25, INITVAL_24,
      INITVAL_23, INITVAL_22, INITVAL_21, INITVAL_20, INITVAL_1F, INITVAL_1E, INITVAL_1D,
      INITVAL_1C, INITVAL_1B, INITVAL_1A, INITVAL_19, INITVAL_18, INITVAL_17, INITVAL_16,
      INITVAL_15, INITVAL_14, INITVAL_13, INITVAL_12, INITVAL_11, INITVAL_10, INITVAL_0F,
      INITVAL_0E, INITVAL_0D, INITVAL_0C, INITVAL_0B, INITVAL_0A, INITVAL_09, INITVAL_08,
      INITVAL_07, INITVAL_06, INITVAL_05, INITVAL_04, INITVAL_03, INITVAL_02, INITVAL_01,
      INITVAL_00
  };
  localparam logic [127:0] Through = "WRITETHROUGH";
  localparam logic [127:0] Before = "READBEFOREWRITE";

  // Bits of a word, and where it begins in a row
  function automatic logic [35:0] ones(input int width);
    return 36'((64'd1 << width) - 64'd1);
  endfunction

  function automatic logic [5:0] offset(input int width, input logic [13:0] address);
    case (width)
      36: return 6'd0;
      18: return 6'd18 * 6'(address[4]);
      9: return 6'd9 * 6'(address[4:3]);
      4: return 6'd9 * 6'(address[4:3]) + 6'd4 * 6'(address[2]);
      2: return 6'd9 * 6'(address[4:3]) + 6'd2 * 6'(address[2:1]);
      default: return 6'd9 * 6'(address[4:3]) + 6'(address[2:0]);
    endcase
  endfunction

  // Bits that a write changes: words of 18 and 36 bits have a write enable for each part
  function automatic logic [35:0] written(input int width, input logic [13:0] address);
    logic [35:0] parts;
    parts = {{9{address[3]}}, {9{address[2]}}, {9{address[1]}}, {9{address[0]}}};
    return ((width >= 18) ? (parts & ones(width)) : ones(width)) << offset(width, address);
  endfunction

  logic [35:0] mem [512];

  initial begin
    for (int i = 0; i < 512; i++) begin
      mem[i] = {Init[40*i+20 +: 18], Init[40*i +: 18]};
    end
  end

  logic [13:0] address_a, address_b;
  logic [17:0] data_a, data_b;
  logic [35:0] out_a_q, out_b_q;
  logic [35:0] mask_a, mask_b, new_a, new_b, clash_a, clash_b, seen_a, seen_b;
  logic write_a, write_b, same_row;

  assign address_a = {ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3,
      ADA2, ADA1, ADA0};
  assign address_b = {ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3,
      ADB2, ADB1, ADB0};
  assign data_a =
    {DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5,
        DIA4, DIA3, DIA2, DIA1, DIA0};
  assign data_b =
    {DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5,
        DIB4, DIB3, DIB2, DIB1, DIB0};

  assign write_a = CEA && WEA;
  assign write_b = CEB && WEB;
  assign mask_a = written(DATA_WIDTH_A, address_a);
  assign mask_b = written(DATA_WIDTH_B, address_b);
  assign new_a = (DATA_WIDTH_A == 36) ? {data_b, data_a}
                                      : 36'(data_a) << offset(DATA_WIDTH_A, address_a);
  assign new_b = 36'(data_b) << offset(DATA_WIDTH_B, address_b);
  assign same_row = (address_a[13:5] == address_b[13:5]);
  assign clash_a = (write_b && same_row) ? mask_b : '0;
  assign clash_b = (write_a && same_row) ? mask_a : '0;

  // What a port sees of its row: its own write only in WRITETHROUGH
  assign seen_a = ((WRITEMODE_A == Through && write_a) ?
                   ((mem[address_a[13:5]] & ~mask_a) | (new_a & mask_a)) :
                   mem[address_a[13:5]]) ^ clash_a;
  assign seen_b = ((WRITEMODE_B == Through && write_b) ?
                   ((mem[address_b[13:5]] & ~mask_b) | (new_b & mask_b)) :
                   mem[address_b[13:5]]) ^ clash_b;

  always_ff @(posedge CLKA) begin
    for (int i = 0; i < 36; i++) begin
      if (write_a && mask_a[i]) mem[address_a[13:5]][i] <= new_a[i];
    end
    if (RSTA) out_a_q <= '0;
    else if (CEA && (!WEA || WRITEMODE_A != 128'("NORMAL"))) begin
      out_a_q <= (seen_a >> offset(DATA_WIDTH_A, address_a)) & ones(DATA_WIDTH_A);
    end
  end

  always_ff @(posedge CLKB) begin
    for (int i = 0; i < 36; i++) begin
      if (write_b && mask_b[i]) mem[address_b[13:5]][i] <= new_b[i];
    end
    if (RSTB) out_b_q <= '0;
    else if (CEB && (!WEB || WRITEMODE_B != 128'("NORMAL"))) begin
      out_b_q <= (seen_b >> offset(DATA_WIDTH_B, address_b)) & ones(DATA_WIDTH_B);
    end
  end

  // What comes out: the word, or the register behind it
  logic [35:0] read_a, read_b;

  if (RegisterA == 48'("OUTREG")) begin : gen_register_a
    logic [35:0] read_q;
    assign read_a = read_q;
    always_ff @(posedge CLKA) begin
      if (RSTA) $fatal(1, "DP16KD: a reset of an output register, which this model does not have");
      if (OCEA) read_q <= out_a_q;
    end
  end else begin : gen_no_register_a
    assign read_a = out_a_q;
  end

  if (RegisterB == 48'("OUTREG")) begin : gen_register_b
    logic [35:0] read_q;
    assign read_b = read_q;
    always_ff @(posedge CLKB) begin
      if (RSTB) $fatal(1, "DP16KD: a reset of an output register, which this model does not have");
      if (OCEB) read_q <= out_b_q;
    end
  end else begin : gen_no_register_b
    assign read_b = out_b_q;
  end

  assign {DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5,
      DOA4, DOA3, DOA2, DOA1, DOA0} =
    WideRead ? read_b[17:0] : read_a[17:0];
  assign {DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5,
      DOB4, DOB3, DOB2, DOB1, DOB0} =
    WideRead ? read_b[35:18] : read_b[17:0];

endmodule
