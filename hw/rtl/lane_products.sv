// Products of each of Lanes values with the codes of Rows rows: by multipliers, which tools put into
// DSP slices. There is no valid: values and codes enter together, and their products come Latency
// clocks later.
//
// A value has many codes, so one multiplier makes several products: it multiplies the value by a
// word of codes that lie so far apart that no product reaches into the next one. A word has at most
// 24 bits, a value 18 with its sign: a DSP slice multiplies 25 by 18 bits, two's complement. Two
// codes of 8 bits are multiplied by a value of 8 bits at once, three of 4 bits by one of 4 bits. Of
// values with signs a product below zero takes one from the next, which is given back.
module lane_products #(
  parameter int unsigned Lanes = 4,
  parameter int unsigned Rows = 2,
  // Bits of a value, and whether it is two's complement
  parameter int unsigned ABits = 8,
  parameter bit ASigned = 1'b0,
  // Bits of a code, unsigned
  parameter int unsigned WBits = 8,
  // Clocks from values to products
  parameter int unsigned Latency = 1,
  // Bits of a product; not to be set
  parameter int unsigned PBits = ABits + WBits
) (
  input  logic                        clk_i,
  // Lane 0 in the least significant bits
  input  logic [Lanes*ABits-1:0]      act_i,
  // That of (row, lane) at (row*Lanes + lane)*WBits
  input  logic [Rows*Lanes*WBits-1:0] codes_i,
  // That of (row, lane) at (row*Lanes + lane)*PBits, two's complement if values are
  output logic [Rows*Lanes*PBits-1:0] products_o
);

  localparam int unsigned WordBits = 24;
  // Codes of a word, and words
  localparam int unsigned Fit = (WBits > WordBits) ? 1 : (WordBits - WBits) / PBits + 1;
  localparam int unsigned Words = (Rows + Fit - 1) / Fit;

  if ((Lanes == 0) || (Rows == 0) || (WBits == 0) || (Latency == 0)) begin : gen_check_zero
    $error("lane_products: Lanes, Rows, WBits and Latency must be at least 1");
  end
  if ((WBits > WordBits) || (ABits == 0) || (ABits > (ASigned ? 18 : 17))) begin : gen_check_bits
    $error("lane_products: WBits must be at most 24, a value at most 18 bits with its sign");
  end

  for (genvar w = 0; w < Words; w++) begin : gen_word
    localparam int unsigned Codes = (Rows - w * Fit < Fit) ? Rows - w * Fit : Fit;
    localparam int unsigned Bits = Codes * PBits;

    for (genvar l = 0; l < Lanes; l++) begin : gen_lane
      localparam int unsigned FactorBits = (Codes - 1) * PBits + WBits;
      logic [FactorBits-1:0] factor;
      logic [ABits-1:0] act;
      logic [Bits-1:0] product_d, product;

      assign act = act_i[l*ABits +: ABits];
      for (genvar c = 0; c < Codes; c++) begin : gen_code
        localparam int unsigned Part = (c + 1 == Codes) ? WBits : PBits;
        assign factor[c*PBits +: Part] =
            Part'(codes_i[((w * Fit + c) * Lanes + l) * WBits +: WBits]);
      end

      if (ASigned) begin : gen_signed
        logic signed [Bits-1:0] first, second;
        assign first = Bits'($signed({1'b0, factor}));
        assign second = Bits'($signed(act));
        assign product_d = first * second;
      end else begin : gen_unsigned
        assign product_d = Bits'(factor) * Bits'(act);
      end

      logic [Latency*Bits-1:0] product_q;
      if (Latency == 1) begin : gen_one
        always_ff @(posedge clk_i) product_q <= product_d;
      end else begin : gen_more
        always_ff @(posedge clk_i) product_q <= {product_q[(Latency-1)*Bits-1:0], product_d};
      end
      assign product = product_q[(Latency-1)*Bits +: Bits];

      for (genvar c = 0; c < Codes; c++) begin : gen_product
        localparam int unsigned At = ((w * Fit + c) * Lanes + l) * PBits;
        if (ASigned && (c > 0)) begin : gen_given_back
          assign products_o[At +: PBits] = product[c*PBits +: PBits] + PBits'(product[c*PBits-1]);
        end else begin : gen_plain
          assign products_o[At +: PBits] = product[c*PBits +: PBits];
        end
      end
    end
  end

endmodule
