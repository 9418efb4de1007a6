// Pixels of a frame's format to RGB: what camera_path/frames.py says, Lanes pixels a beat.
//
// A beat comes in as the bytes of its pixels in memory, the first least significant: of RGB and BGR
// 3 bytes a pixel, of grey 1, of YUYV 4 of two pixels; bytes beyond these do not count. It goes out
// as Lanes pixels of red (least significant), green and blue. The format is sampled with each beat.
// A beat a clock; seven clocks from input to output.
module pixel_format #(
  // Pixels of a beat; even
  parameter int unsigned Lanes = 2
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  // 0 RGB, 1 BGR, 2 grey, 3 YUYV
  input  logic [1:0]          format_i,
  input  logic                in_valid_i,
  output logic                in_ready_o,
  input  logic [Lanes*24-1:0] in_data_i,
  output logic                out_valid_o,
  input  logic                out_ready_i,
  output logic [Lanes*24-1:0] out_data_o
);

  if (Lanes == 0 || Lanes % 2 != 0) begin : gen_check
    $error("pixel_format: Lanes must be even, as two pixels of YUYV share their colour");
  end

  // BT.601 of limited range, 20 fractional bits
  localparam logic signed [22:0] YGain = 23'sd1220542;
  localparam logic signed [22:0] VRed = 23'sd1673527;
  localparam logic signed [22:0] UGreen = -23'sd409993;
  localparam logic signed [22:0] VGreen = -23'sd852492;
  localparam logic signed [22:0] UBlue = 23'sd2116026;
  localparam logic signed [30:0] Half = 31'sd524288;

  logic free, issue;
  assign in_ready_o = free;
  assign issue = in_valid_i && free;

  // --- bytes, operands, products, half a level more, sums, levels

  logic [5:0] valid_q;
  logic [1:0] format1_q;
  logic [5:2] is_yuyv_q;
  logic [Lanes*24-1:0] bytes_q, plain2_q, plain3_q, plain4_q, plain5_q, pixels_q;

  always_ff @(posedge clk_i) begin
    valid_q <= rst_ni ? {valid_q[4:0], issue} : '0;
    format1_q <= format_i;
    is_yuyv_q <= {is_yuyv_q[4:2], format1_q == 2'd3};
    bytes_q <= in_data_i;
    plain3_q <= plain2_q;
    plain4_q <= plain3_q;
    plain5_q <= plain4_q;
  end

  for (genvar i = 0; i < Lanes; i++) begin : gen_lane
    localparam int unsigned Pair = i / 2;
    logic [7:0] first, second, third, grey, luma;
    logic [7:0] u, v;
    // All sums are within 31 bits
    logic signed [30:0] luma3_q, red_v3_q, green_u3_q, green_v3_q, blue_u3_q;
    logic signed [30:0] luma_q, red_v_q, green_uv_q, blue_u_q;
    logic [30:0] red, green, blue;
    // Whole parts, blue first, and their levels
    logic [32:0] whole_q;
    logic [23:0] levels;

    assign first = bytes_q[(3*i)*8 +: 8];
    assign second = bytes_q[(3*i+1)*8 +: 8];
    assign third = bytes_q[(3*i+2)*8 +: 8];
    assign grey = bytes_q[i*8 +: 8];
    assign luma = bytes_q[(2*i)*8 +: 8];
    assign u = bytes_q[(4*Pair+1)*8 +: 8];
    assign v = bytes_q[(4*Pair+3)*8 +: 8];

    assign red = luma_q + red_v_q;
    // The part of the colour is that of both pixels of a pair
    assign green = luma_q + green_uv_q;
    assign blue = luma_q + blue_u_q;

    for (genvar c = 0; c < 3; c++) begin : gen_level
      // Limited to 0..255
      assign levels[c*8 +: 8] = whole_q[c*11+10] ? 8'd0
                              : (whole_q[c*11+8 +: 2] != '0) ? 8'd255 : whole_q[c*11 +: 8];
    end

    logic unused_fraction;
    assign unused_fraction = &{1'b0, red[19:0], green[19:0], blue[19:0]};

    // As narrow as they are: a product takes one DSP slice
    logic signed [8:0] wide_u_q, wide_v_q, above_q;

    always_ff @(posedge clk_i) begin
      plain2_q[i*24 +: 24] <= (format1_q == 2'd0) ? {third, second, first}
                            : (format1_q == 2'd1) ? {first, second, third} : {3{grey}};
      wide_u_q <= $signed({1'b0, u}) - 9'sd128;
      wide_v_q <= $signed({1'b0, v}) - 9'sd128;
      above_q <= (luma < 8'd16) ? 9'sd0 : $signed({1'b0, luma}) - 9'sd16;
      luma3_q <= 31'(above_q) * 31'(YGain);
      red_v3_q <= 31'(wide_v_q) * 31'(VRed);
      green_u3_q <= 31'(wide_u_q) * 31'(UGreen);
      green_v3_q <= 31'(wide_v_q) * 31'(VGreen);
      blue_u3_q <= 31'(wide_u_q) * 31'(UBlue);
      luma_q <= luma3_q + Half;
      red_v_q <= red_v3_q;
      green_uv_q <= green_u3_q + green_v3_q;
      blue_u_q <= blue_u3_q;
      whole_q <= {blue[30:20], green[30:20], red[30:20]};
      pixels_q[i*24 +: 24] <= is_yuyv_q[5] ? levels : plain5_q[i*24 +: 24];
    end
  end

  credit_fifo #(
    .Width(Lanes * 24),
    .Depth(8)
  ) i_out (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .free_o(free),
    .take_i(issue),
    .push_i(valid_q[5]),
    .data_i(pixels_q),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
