// The processor's side of a shell with the camera path: AXI4-Lite slave, registers, check of frames,
// frames that wait, counters, control.
//
// A frame that has been taken goes to the reader (`read_*`) and to the writer (`box_*`); each holds
// it until its `ready`, which is high for one clock. Of `clear_o` and the rest: camera_control.
module camera_front #(
  parameter logic [31:0] BuildId = 32'h0,
  parameter int unsigned AddrWidth = 32,
  parameter int unsigned WordBytes = 8,
  parameter int unsigned MaxSide = 1920,
  parameter int unsigned Candidates = 64,
  parameter int unsigned RawBytes = 64,
  parameter int unsigned Side = 512,
  parameter bit IsVideo = 1'b0,
  // Not to be set
  parameter int unsigned SideBits = $clog2(MaxSide + 1),
  parameter int unsigned LineBits = SideBits + 2,
  parameter int unsigned CountBits = $clog2(Candidates + 1)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  output logic                 irq_o,
  // Registers
  input  logic [11:0]          s_axi_awaddr,
  input  logic                 s_axi_awvalid,
  output logic                 s_axi_awready,
  input  logic [31:0]          s_axi_wdata,
  input  logic [3:0]           s_axi_wstrb,
  input  logic                 s_axi_wvalid,
  output logic                 s_axi_wready,
  output logic [1:0]           s_axi_bresp,
  output logic                 s_axi_bvalid,
  input  logic                 s_axi_bready,
  input  logic [11:0]          s_axi_araddr,
  input  logic                 s_axi_arvalid,
  output logic                 s_axi_arready,
  output logic [31:0]          s_axi_rdata,
  output logic [1:0]           s_axi_rresp,
  output logic                 s_axi_rvalid,
  input  logic                 s_axi_rready,
  // Frames to be read
  output logic                 read_valid_o,
  input  logic                 read_ready_i,
  output logic [AddrWidth-1:0] read_address_o,
  output logic [31:0]          read_stride_o,
  output logic [SideBits-1:0]  read_width_o,
  output logic [SideBits-1:0]  read_height_o,
  output logic [1:0]           read_format_o,
  output logic [LineBits-1:0]  read_line_bytes_o,
  // The same, behind the network
  output logic                 box_valid_o,
  input  logic                 box_ready_i,
  output logic [AddrWidth-1:0] box_records_o,
  output logic [AddrWidth-1:0] box_raw_address_o,
  output logic                 box_raw_o,
  output logic [31:0]          box_size_o,
  output logic [31:0]          box_note_o,
  output logic [16:0]          box_least_o,
  output logic [16:0]          box_overlap_o,
  output logic [CountBits-1:0] box_most_o,
  output logic [31:0]          number_o,
  // The network's last integer of a frame
  input  logic                 network_last_i,
  // Of a video input: video_read
  input  logic                 video_began_i,
  input  logic                 video_dropped_i,
  input  logic [2:0]           video_faults_i,
  input  logic                 video_more_i,
  input  logic [31:0]          video_size_i,
  // Engines, and the accelerator's reset: camera_control
  output logic                 stop_o,
  output logic                 clear_o,
  input  logic                 read_quiet_i,
  input  logic                 read_slverr_i,
  input  logic                 read_decerr_i,
  input  logic [AddrWidth-1:0] read_error_address_i,
  input  logic                 write_quiet_i,
  input  logic                 write_slverr_i,
  input  logic                 write_decerr_i,
  input  logic [AddrWidth-1:0] write_error_address_i,
  output logic                 soft_reset_o,
  input  logic                 soft_reset_done_i
);

  logic write, read, write_here, read_here, unused_address;
  logic [11:0] write_addr, read_addr;
  logic [31:0] write_data, write_mask, register_data;

  axi_lite_slave #(
    .AddrWidth(12)
  ) i_slave (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .s_axi_awaddr(s_axi_awaddr),
    .s_axi_awvalid(s_axi_awvalid),
    .s_axi_awready(s_axi_awready),
    .s_axi_wdata(s_axi_wdata),
    .s_axi_wstrb(s_axi_wstrb),
    .s_axi_wvalid(s_axi_wvalid),
    .s_axi_wready(s_axi_wready),
    .s_axi_bresp(s_axi_bresp),
    .s_axi_bvalid(s_axi_bvalid),
    .s_axi_bready(s_axi_bready),
    .s_axi_araddr(s_axi_araddr),
    .s_axi_arvalid(s_axi_arvalid),
    .s_axi_arready(s_axi_arready),
    .s_axi_rdata(s_axi_rdata),
    .s_axi_rresp(s_axi_rresp),
    .s_axi_rvalid(s_axi_rvalid),
    .s_axi_rready(s_axi_rready),
    .write_o(write),
    .write_addr_o(write_addr),
    .write_data_o(write_data),
    .write_mask_o(write_mask),
    .read_o(read),
    .read_addr_o(read_addr),
    .read_data_i(read_here ? register_data : '0)
  );

  // The registers fill 256 bytes of the 4096; addresses are of words
  assign write_here = write && (write_addr[11:8] == '0);
  assign read_here = (read_addr[11:8] == '0);
  assign unused_address = ^{write_addr[1:0], read_addr[1:0]};

  logic start, reset, busy, idle, ready, resetting, done, check, checking, checked, accept;
  logic misaligned, size, wraps, format, odd_width, stride, slverr, decerr;
  logic [63:0] address, records, raw_address;
  logic [31:0] stride_bytes;
  logic [15:0] width, height, most;
  logic [7:0] pixels;
  logic [16:0] least, overlap;
  logic raw;
  logic [AddrWidth-1:0] error_address;
  logic [31:0] frames_q, read_q, dropped_q, damaged_q, clocks_q, tail_q;
  logic [camera_registers_pkg::ErrorBits-1:0] errors;

  assign slverr = read_slverr_i || write_slverr_i;
  assign decerr = read_decerr_i || write_decerr_i;
  assign error_address = (read_slverr_i || read_decerr_i) ? read_error_address_i
                                                          : write_error_address_i;

  camera_registers #(
    .BuildId(BuildId),
    .MaxSide(MaxSide),
    .Candidates(Candidates),
    .RawBytes(RawBytes),
    .Side(Side),
    .IsVideo(IsVideo)
  ) i_registers (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .write_i(write_here),
    .write_addr_i({write_addr[7:2], 2'b00}),
    .write_data_i(write_data),
    .write_mask_i(write_mask),
    .read_i(read && read_here),
    .read_addr_i({read_addr[7:2], 2'b00}),
    .read_data_o(register_data),
    .start_o(start),
    .reset_o(reset),
    .address_o(address),
    .stride_o(stride_bytes),
    .width_o(width),
    .height_o(height),
    .format_o(pixels),
    .least_o(least),
    .overlap_o(overlap),
    .most_o(most),
    .records_o(records),
    .raw_address_o(raw_address),
    .raw_o(raw),
    .busy_i(busy),
    .idle_i(idle),
    .ready_i(ready),
    .resetting_i(resetting),
    .clear_i(clear_o),
    .done_i(done),
    .error_i(errors),
    .bus_error_i(slverr || decerr),
    .bus_error_addr_i(64'(error_address)),
    .frames_i(frames_q),
    .frames_read_i(read_q),
    .dropped_i(dropped_q),
    .clocks_i(clocks_q),
    .tail_i(tail_q),
    .video_size_i(video_size_i),
    .damaged_i(damaged_q),
    .irq_o(irq_o)
  );

  // --- the frame as it is checked, and two queues of those that were taken

  logic [AddrWidth-1:0] job_address, job_records, job_raw_address;
  logic [31:0] job_stride, stamp_q, box_stamp;
  logic [SideBits-1:0] job_width, job_height, box_width, box_height;
  logic [1:0] job_format;
  logic [LineBits-1:0] job_line_bytes;
  logic [CountBits-1:0] job_most;
  logic [16:0] least_q, overlap_q;
  logic job_raw, read_room, box_room;

  camera_check #(
    .AddrWidth(AddrWidth),
    .WordBytes(WordBytes),
    .MaxSide(MaxSide),
    .Candidates(Candidates),
    .RawBytes(RawBytes),
    .IsVideo(IsVideo)
  ) i_check (
    .clk_i(clk_i),
    .rst_ni(rst_ni && !stop_o),
    .start_i(check),
    .address_i(address),
    .stride_i(stride_bytes),
    .width_i(width),
    .height_i(height),
    .format_i(pixels),
    .most_i(most),
    .records_i(records),
    .raw_address_i(raw_address),
    .raw_i(raw),
    .busy_o(checking),
    .done_o(checked),
    .accept_o(accept),
    .misaligned_o(misaligned),
    .size_o(size),
    .wraps_o(wraps),
    .format_o(format),
    .odd_width_o(odd_width),
    .stride_o(stride),
    .job_address_o(job_address),
    .job_stride_o(job_stride),
    .job_width_o(job_width),
    .job_height_o(job_height),
    .job_format_o(job_format),
    .job_line_bytes_o(job_line_bytes),
    .job_most_o(job_most),
    .job_records_o(job_records),
    .job_raw_address_o(job_raw_address),
    .job_raw_o(job_raw)
  );

  stream_fifo #(
    .Width(AddrWidth + 32 + 2 * SideBits + 2 + LineBits),
    .Depth(2)
  ) i_to_read (
    .clk_i(clk_i),
    .rst_ni(rst_ni && !clear_o),
    .in_valid_i(accept),
    .in_ready_o(read_room),
    .in_data_i({job_address, job_stride, job_width, job_height, job_format, job_line_bytes}),
    .out_valid_o(read_valid_o),
    .out_ready_i(read_ready_i),
    .out_data_o({read_address_o, read_stride_o, read_width_o, read_height_o, read_format_o,
                 read_line_bytes_o})
  );

  stream_fifo #(
    .Width(2 * AddrWidth + 1 + 2 * SideBits + 34 + CountBits + 32),
    .Depth(4),
    .RamStyle("distributed")
  ) i_to_box (
    .clk_i(clk_i),
    .rst_ni(rst_ni && !clear_o),
    .in_valid_i(accept),
    .in_ready_o(box_room),
    .in_data_i({job_records, job_raw_address, job_raw, job_height, job_width, least_q, overlap_q,
                job_most, stamp_q}),
    .out_valid_o(box_valid_o),
    .out_ready_i(box_ready_i),
    .out_data_o({box_records_o, box_raw_address_o, box_raw_o, box_height, box_width, box_least_o,
                 box_overlap_o, box_most_o, box_stamp})
  );

  assign box_size_o = {16'(box_height), 16'(box_width)};
  assign number_o = frames_q;

  camera_control i_control (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .start_i(start),
    .reset_i(reset),
    .busy_o(busy),
    .idle_o(idle),
    .ready_o(ready),
    .resetting_o(resetting),
    .done_o(done),
    .error_o(errors),
    .check_o(check),
    .checking_i(checking),
    .checked_i(checked),
    .accept_i(accept),
    .misaligned_i(misaligned),
    .size_i(size),
    .wraps_i(wraps),
    .format_i(format),
    .odd_width_i(odd_width),
    .stride_i(stride),
    .room_i(read_room && box_room),
    .under_way_i(box_valid_o),
    .finished_i(box_ready_i),
    .quiet_i(read_quiet_i && write_quiet_i),
    .slverr_i(slverr),
    .decerr_i(decerr),
    .stop_o(stop_o),
    .clear_o(clear_o),
    .soft_reset_o(soft_reset_o),
    .soft_reset_done_i(soft_reset_done_i)
  );

  // --- of frames of a video input: when they began, and what is said of them in their header

  logic [31:0] clock_q, since_q, began;

  if (IsVideo) begin : gen_video
    logic [3:0] flags;
    logic [15:0] place;

    video_notes i_notes (
      .clk_i(clk_i),
      .rst_ni(rst_ni && !clear_o),
      .now_i(clock_q),
      .began_i(video_began_i),
      .dropped_i(video_dropped_i),
      .ended_i(read_ready_i),
      .faults_i(video_faults_i),
      .more_i(video_more_i),
      .leave_i(box_ready_i),
      .flags_o(flags),
      .number_o(place),
      .stamp_o(began)
    );

    assign box_note_o = {12'd0, flags, place};
  end else begin : gen_memory
    logic unused_video;
    assign unused_video = ^{video_began_i, video_dropped_i, video_faults_i, video_more_i};
    assign box_note_o = '0;
    assign began = box_stamp;
  end

  // --- counters

  // A frame that finds no START waiting, or a START that finds no room
  logic dropped;
  assign dropped = IsVideo ? video_dropped_i : errors[camera_registers_pkg::ErrorBusyBit];

  // What the bus has refused is not in memory: that frame is lost, and counts nowhere
  logic write_failed_q, finished;
  assign finished = box_ready_i && !write_failed_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_o) write_failed_q <= 1'b0;
    else if (write_slverr_i || write_decerr_i) write_failed_q <= 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_o) begin
      frames_q <= '0;
      read_q <= '0;
      dropped_q <= '0;
      damaged_q <= '0;
      clocks_q <= '0;
      tail_q <= '0;
      clock_q <= '0;
    end else begin
      clock_q <= clock_q + 32'd1;
      if (read_ready_i) read_q <= read_q + 32'd1;
      if (dropped) dropped_q <= dropped_q + 32'd1;
      if (finished) begin
        frames_q <= frames_q + 32'd1;
        clocks_q <= clock_q - began;
        if (box_note_o[31:16] != '0) damaged_q <= damaged_q + 32'd1;
        tail_q <= since_q;
      end
    end
    since_q <= network_last_i ? '0 : since_q + 32'd1;
    if (check) begin
      stamp_q <= clock_q;
      least_q <= least;
      overlap_q <= overlap;
    end
  end

endmodule
