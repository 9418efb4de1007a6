// camera_frames beside a memory that takes each burst at once and delivers a word a clock; the words mean
// nothing. A frame of one size and format stands there always.
module frames_units #(
  parameter int unsigned Pixels = 2
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        job_valid_i,
  input  logic [5:0]  job_width_i,
  input  logic [5:0]  job_height_i,
  input  logic [1:0]  job_format_i,
  input  logic [7:0]  job_line_bytes_i,
  output logic        out_valid_o,
  input  logic        out_ready_i,
  output logic [23:0] out_data_o
);

  // Words of the bursts that were asked for
  logic [11:0] words_q;
  logic [7:0] length;
  logic asked, read, took, unused;
  assign read = (words_q != '0);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) words_q <= '0;
    else words_q <= words_q + (asked ? 12'(length) + 12'd1 : '0) - 12'(read && took);
  end

  // Each burst's last word is told by its length
  logic [8:0] left_q [16];
  logic [3:0] put_q, get_q;
  logic [8:0] gone_q;
  logic last;
  assign last = (gone_q == left_q[get_q]);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      put_q <= '0;
      get_q <= '0;
      gone_q <= '0;
    end else begin
      if (asked) begin
        left_q[put_q] <= 9'(length);
        put_q <= put_q + 4'd1;
      end
      if (read && took) begin
        gone_q <= last ? '0 : gone_q + 9'd1;
        if (last) get_q <= get_q + 4'd1;
      end
    end
  end

  camera_frames #(
    .Pixels(Pixels), .MaxSide(40), .Depth(8), .Side(16)
  ) i_frames (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .job_valid_i(job_valid_i), .job_ready_o(unused), .job_address_i('0),
    .job_stride_i({24'd0, job_line_bytes_i[7:3] + 5'(job_line_bytes_i[2:0] != '0), 3'd0}),
    .job_width_i(job_width_i), .job_height_i(job_height_i), .job_format_i(job_format_i),
    .job_line_bytes_i(job_line_bytes_i),
    .out_valid_o(out_valid_o), .out_ready_i(out_ready_i), .out_data_o(out_data_o),
    .s_axis_video_tvalid(1'b0), .s_axis_video_tdata('0), .s_axis_video_tuser(1'b0),
    .s_axis_video_tlast(1'b0),
    .stop_i(1'b0),
    .m_axi_arlen(length), .m_axi_arvalid(asked), .m_axi_arready(1'b1), .m_axi_rid('0),
    .m_axi_rdata('0), .m_axi_rresp('0), .m_axi_rlast(last), .m_axi_rvalid(read),
    .m_axi_rready(took)
  );

endmodule
