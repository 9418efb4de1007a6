// camera_front: a frame that passed its check goes once, and in order, to the reader and to the writer,
// and there is room for it; answers on the bus of the registers stay until taken; a START is written
// once; frames are counted, but for one that the bus refused; the writer has none that the reader has not.
//
// In the place of camera_check stands what is proven of it: an answer to each check.
module camera_front_proof #(
  parameter bit Cover = 1'b0
) (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        choose_read,
  input logic        choose_box,
  input logic [11:0] awaddr,
  input logic        awvalid,
  input logic [31:0] wdata,
  input logic [3:0]  wstrb,
  input logic        wvalid,
  input logic        bready,
  input logic [11:0] araddr,
  input logic        arvalid,
  input logic        rready,
  input logic        read_ready,
  input logic        box_ready,
  input logic        network_last,
  input logic        read_quiet,
  input logic        read_slverr,
  input logic        read_decerr,
  input logic        write_quiet,
  input logic        write_slverr,
  input logic        write_decerr,
  input logic        soft_done
);

  logic irq, awready, wready, bvalid, arready, rvalid, read_valid, box_valid, box_raw, stop, clear;
  logic soft_reset;
  logic [1:0] bresp, rresp, read_format;
  logic [31:0] rdata, read_stride, box_size, box_note, number;
  logic [11:0] read_address, box_records, box_raw_address;
  logic read_width, read_height, box_most;
  logic [2:0] read_line_bytes;
  logic [16:0] box_least, box_overlap;

  camera_front #(
    .AddrWidth(12), .WordBytes(2), .MaxSide(1), .Candidates(1), .RawBytes(1), .Side(1)
  ) i_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .irq_o(irq), .s_axi_awaddr(awaddr), .s_axi_awvalid(awvalid),
    .s_axi_awready(awready), .s_axi_wdata(wdata), .s_axi_wstrb(wstrb), .s_axi_wvalid(wvalid),
    .s_axi_wready(wready), .s_axi_bresp(bresp), .s_axi_bvalid(bvalid), .s_axi_bready(bready),
    .s_axi_araddr(araddr), .s_axi_arvalid(arvalid), .s_axi_arready(arready), .s_axi_rdata(rdata),
    .s_axi_rresp(rresp), .s_axi_rvalid(rvalid), .s_axi_rready(rready), .read_valid_o(read_valid),
    .read_ready_i(read_ready), .read_address_o(read_address), .read_stride_o(read_stride),
    .read_width_o(read_width), .read_height_o(read_height), .read_format_o(read_format),
    .read_line_bytes_o(read_line_bytes), .box_valid_o(box_valid), .box_ready_i(box_ready),
    .box_records_o(box_records), .box_raw_address_o(box_raw_address), .box_raw_o(box_raw),
    .box_size_o(box_size), .box_note_o(box_note), .box_least_o(box_least),
    .box_overlap_o(box_overlap), .box_most_o(box_most), .number_o(number),
    .network_last_i(network_last), .video_began_i(1'b0), .video_dropped_i(1'b0),
    .video_faults_i(3'd0), .video_more_i(1'b0), .video_size_i('0), .stop_o(stop),
    .clear_o(clear), .read_quiet_i(read_quiet), .read_slverr_i(read_slverr),
    .read_decerr_i(read_decerr), .read_error_address_i('0), .write_quiet_i(write_quiet),
    .write_slverr_i(write_slverr), .write_decerr_i(write_decerr), .write_error_address_i('0),
    .soft_reset_o(soft_reset), .soft_reset_done_i(soft_done)
  );

  // camera_check: asked, at work, done; what it hands on
  (* hierconn *) wire \i_dut.check ;
  (* hierconn *) wire \i_dut.checking ;
  (* hierconn *) wire \i_dut.checked ;
  (* hierconn *) wire \i_dut.accept ;
  (* hierconn *) wire [1:0] \i_dut.job_format ;
  (* hierconn *) wire \i_dut.job_raw ;
  (* hierconn *) wire \i_dut.start ;
  logic first_q, works_q, failed_q, keep, wrote, read_seen, box_seen;
  logic [1:0] reads;
  logic [2:0] boxes, frames_q, starts_q;
  initial first_q = 1'b1;
  initial works_q = 1'b0;
  assign keep = rst_ni && !clear;
  assign wrote = awvalid && awready;

  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    if (!rst_ni || stop || \i_dut.checked ) works_q <= 1'b0;
    else if (\i_dut.check ) works_q <= 1'b1;
    failed_q <= keep && (failed_q || write_slverr || write_decerr);
    frames_q <= keep ? frames_q + 3'(box_ready && !failed_q) : '0;
    // Writes whose START has not been seen
    if (!rst_ni) starts_q <= '0;
    else starts_q <= starts_q + 3'(wrote) - 3'(bvalid && bready);
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    assume (\i_dut.checking == works_q);
    assume (!\i_dut.checked || works_q);
    assume (!\i_dut.accept || (\i_dut.checked && !stop));
    // The reader and the writer end frames that they have; boxes come of what has been read
    assume (!read_ready || read_valid);
    assume (!box_ready || (box_valid && boxes > 3'(reads)));
    if (!first_q && rst_ni) begin
      has_room: assert (!\i_dut.accept || (reads != 2'd2 && boxes != 3'd4));
      one_after_the_other: assert (!(\i_dut.check && works_q));
      read_is_there: assert (read_valid == (reads != '0));
      box_is_there: assert (box_valid == (boxes != '0));
      behind_the_reader: assert (boxes >= 3'(reads));
      counted: assert (number[2:0] == frames_q);
      started_by_a_write: assert (!\i_dut.start || starts_q != '0);
    end
  end

  stream_tracker #(.UnitBits(2), .Most(2)) i_reads (
    .clk_i(clk_i), .rst_ni(keep), .choose_i(choose_read), .push_i(\i_dut.accept ),
    .push_data_i(\i_dut.job_format ), .push_units_i(2'd1), .valid_i(read_valid),
    .pop_i(read_ready), .data_i(read_format), .units_i(2'd1), .inside_o(reads), .seen_o(read_seen)
  );
  stream_tracker #(.UnitBits(1), .Most(4)) i_boxes (
    .clk_i(clk_i), .rst_ni(keep), .choose_i(choose_box), .push_i(\i_dut.accept ),
    .push_data_i(\i_dut.job_raw ), .push_units_i(3'd1), .valid_i(box_valid),
    .pop_i(box_ready), .data_i(box_raw), .units_i(3'd1), .inside_o(boxes), .seen_o(box_seen)
  );
  stream_contract #(.Width(2)) i_written (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(bvalid), .ready_i(bready), .data_i(bresp)
  );
  stream_contract #(.Width(4)) i_answer (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(rvalid), .ready_i(rready), .data_i({rresp, rdata[1:0]})
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!(read_seen && box_seen));
  end

endmodule
