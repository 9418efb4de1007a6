// camera_check: of every frame it says within some clocks that it is accepted, or what is wrong: by the
// product and sums of the registers themselves. What is handed on holds until the next start.
module camera_check_proof #(
  parameter int unsigned MaxSide = 3,
  parameter int unsigned WordBytes = 2,
  parameter bit IsVideo = 1'b0,
  parameter bit Cover = 1'b0
) (
  input logic clk_i,
  input logic rst_ni,
  input logic start
);

  localparam int unsigned AddrWidth = 12;
  localparam int unsigned RawBytes = 6;
  localparam int unsigned Candidates = 3;
  localparam int unsigned SideBits = $clog2(MaxSide + 1);
  localparam int unsigned LineBits = SideBits + 2;

  // One frame. Of the bits of an address the lowest are free, those above are alike, and there is one
  // that the bus has not; so it lies at the beginning, at the end, or beyond
  localparam int unsigned Free = 5;
  (* anyconst *) logic [Free+1:0] address_part;
  (* anyconst *) logic [Free+1:0] records_part;
  (* anyconst *) logic [Free+1:0] raw_part;
  (* anyconst *) logic [4:0] stride_part;
  logic [AddrWidth:0] address, records, raw_address;
  logic [AddrWidth-1:0] stride;
  assign address = {address_part[Free+1], {(AddrWidth - Free){address_part[Free]}}, address_part[Free-1:0]};
  assign records = {records_part[Free+1], {(AddrWidth - Free){records_part[Free]}}, records_part[Free-1:0]};
  assign raw_address = {raw_part[Free+1], {(AddrWidth - Free){raw_part[Free]}}, raw_part[Free-1:0]};
  assign stride = {stride_part[4], 7'd0, stride_part[3:0]};

  (* anyconst *) logic [SideBits:0] width;
  (* anyconst *) logic [SideBits:0] height;
  (* anyconst *) logic [2:0] format;
  (* anyconst *) logic [2:0] most;
  (* anyconst *) logic raw;

  logic busy, done, accept, misaligned, size, wraps, format_wrong, odd_width, stride_wrong;
  logic [AddrWidth-1:0] job_address, job_records, job_raw_address;
  logic [31:0] job_stride;
  logic [SideBits-1:0] job_width, job_height;
  logic [1:0] job_format, job_most;
  logic [LineBits-1:0] job_line_bytes;
  logic job_raw;

  camera_check #(
    .AddrWidth(AddrWidth),
    .WordBytes(WordBytes),
    .MaxSide(MaxSide),
    .Candidates(Candidates),
    .RawBytes(RawBytes),
    .IsVideo(IsVideo)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .start_i(start),
    .address_i(64'(address)),
    .stride_i(32'(stride)),
    .width_i(16'(width)),
    .height_i(16'(height)),
    .format_i(8'(format)),
    .most_i(16'(most)),
    .records_i(64'(records)),
    .raw_address_i(64'(raw_address)),
    .raw_i(raw),
    .busy_o(busy),
    .done_o(done),
    .accept_o(accept),
    .misaligned_o(misaligned),
    .size_o(size),
    .wraps_o(wraps),
    .format_o(format_wrong),
    .odd_width_o(odd_width),
    .stride_o(stride_wrong),
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

  // --- what is right, at once

  localparam int unsigned End = 1 << AddrWidth;
  logic [31:0] line, apart, boxes, frame_end;
  logic bad_size, bad_format, bad_ends, bad_place;
  assign line = 32'(width) * ((format[1:0] == 2'd2) ? 32'd1 : (format[1:0] == 2'd3) ? 32'd2 : 32'd3);
  assign apart = (stride == '0) ? line : 32'(stride);
  assign boxes = (32'(most) > Candidates) ? Candidates : 32'(most);
  assign frame_end = 32'(address) + line
                     + ((height == 1) ? 0 : (height == 2) ? apart : 2 * apart);
  assign bad_size = (width == '0) || (height == '0) || (32'(width) > MaxSide)
                    || (32'(height) > MaxSide);
  assign bad_format = (format > 3'd3);
  assign bad_ends = (!IsVideo && frame_end > End) || (32'(records) + 16 * (1 + boxes) > End)
                    || (raw && 32'(raw_address) + RawBytes > End);
  assign bad_place = (records[3:0] != '0) || (raw && 32'(raw_address) % WordBytes != 0);

  logic first_q, asked_q;
  initial first_q = 1'b1;
  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    if (!rst_ni) asked_q <= 1'b0;
    else asked_q <= start || (asked_q && !done);
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    assume (!(start && busy));
    if (!first_q) begin
      as_asked: assert (busy == asked_q && (!done || asked_q));
      one_answer: assert (!done || accept == !(misaligned || size || wraps || format_wrong
                                                || odd_width || stride_wrong));
      with_done: assert (done || !(accept || misaligned || size || wraps || format_wrong
                                   || odd_width || stride_wrong));
      if (done) begin
        its_size: assert (size == bad_size);
        its_format: assert (format_wrong == bad_format);
        its_place: assert (misaligned == bad_place);
        its_end: assert (bad_size || bad_format || stride_wrong || wraps == bad_ends);
        if (!bad_size && !bad_format) begin
          its_width: assert (odd_width == (format == 3'd3 && width[0]));
          its_stride: assert (stride_wrong == (!IsVideo && 32'(apart) < line));
          its_line: assert (32'(job_line_bytes) == line && job_stride == apart);
        end
        if (accept) begin
          handed_on: assert (job_address == AddrWidth'(address) && job_width == SideBits'(width)
                             && job_height == SideBits'(height) && job_format == format[1:0]
                             && 32'(job_most) == boxes && job_records == AddrWidth'(records)
                             && job_raw == raw && job_raw_address == AddrWidth'(raw_address));
        end
      end
    end
  end

  stream_progress #(.Clocks(SideBits + 5)) i_ends (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(asked_q), .moves_i(done)
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!accept);
  end

endmodule
