// camera_registers: any bit of a register that is held is what was written last; bits of ISR and
// ERROR stay until they are cleared, an event wins; DONE goes by being read; a START and a RESET are
// for one clock; the address is the first error's.
module camera_registers_proof #(
  // The register that is followed
  parameter logic [7:0] Offset = 8'h50,
  parameter bit Cover = 1'b0
) (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        write,
  input logic [7:0]  write_addr,
  input logic [31:0] write_data,
  input logic [31:0] write_mask,
  input logic        read,
  input logic [7:0]  read_addr,
  input logic        clear,
  input logic        done,
  input logic [9:0]  error,
  input logic        bus_error,
  input logic [63:0] bus_error_addr,
  input logic        busy,
  input logic        idle,
  input logic        ready,
  input logic        resetting
);

  logic [31:0] read_data, stride;
  logic start, reset, raw, irq;
  logic [63:0] address, records, raw_address;
  logic [15:0] width, height, most;
  logic [7:0] pixels;
  logic [16:0] least, overlap;

  camera_registers i_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .write_i(write), .write_addr_i(write_addr),
    .write_data_i(write_data), .write_mask_i(write_mask), .read_i(read), .read_addr_i(read_addr),
    .read_data_o(read_data), .start_o(start), .reset_o(reset), .address_o(address),
    .stride_o(stride), .width_o(width), .height_o(height), .format_o(pixels), .least_o(least),
    .overlap_o(overlap), .most_o(most), .records_o(records), .raw_address_o(raw_address),
    .raw_o(raw), .busy_i(busy), .idle_i(idle), .ready_i(ready), .resetting_i(resetting),
    .clear_i(clear), .done_i(done), .error_i(error), .bus_error_i(bus_error),
    .bus_error_addr_i(bus_error_addr), .frames_i('0), .frames_read_i('0), .dropped_i('0),
    .clocks_i('0), .tail_i('0), .video_size_i('0), .damaged_i('0), .irq_o(irq)
  );

  (* hierconn *) wire \i_dut.bus_error_q ;

  // Any bit of the register; the words of docs/registers-camera.md, and how many bits they have
  logic [7:0] offset;
  assign offset = Offset;
  (* anyconst *) logic [4:0] which;
  logic [5:0] bits;
  logic [31:0] out;
  always_comb begin
    case (offset)
      8'h10: {bits, out} = {6'd32, address[31:0]};
      8'h14: {bits, out} = {6'd32, address[63:32]};
      8'h18: {bits, out} = {6'd32, stride};
      8'h1c: {bits, out} = {6'd32, height, width};
      8'h4c: {bits, out} = {6'd8, 24'd0, pixels};
      8'h50: {bits, out} = {6'd17, 15'd0, least};
      8'h54: {bits, out} = {6'd17, 15'd0, overlap};
      8'h58: {bits, out} = {6'd16, 16'd0, most};
      8'h5c: {bits, out} = {6'd32, records[31:0]};
      8'h60: {bits, out} = {6'd32, records[63:32]};
      8'h64: {bits, out} = {6'd32, raw_address[31:0]};
      8'h68: {bits, out} = {6'd32, raw_address[63:32]};
      default: {bits, out} = {6'd1, 31'd0, raw};
    endcase
  end

  logic first_q, here, one, reads, held_q, done_q, isr_q, error_q, failed_q, gie_q, ier_q, irq_q, seen_q;
  logic isr_here, error_here;
  logic where_low_q, where_high_q;
  initial first_q = 1'b1;
  initial seen_q = 1'b0;
  assign here = write && write_addr == offset && write_mask[which];
  assign one = write && write_mask[which] && write_data[which];
  assign reads = read_addr == offset;
  assign isr_here = (which == 5'd0) ? done : (which == 5'd1) && |error;
  assign error_here = (32'(which) < 10) && error[which[3:0]];

  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    seen_q <= rst_ni && (seen_q || (irq && error_q));
    if (!rst_ni) held_q <= 1'b0;
    else if (here && 6'(which) < bits) held_q <= write_data[which];
    if (!rst_ni) gie_q <= 1'b0;
    else if (write && write_addr == 8'h04 && write_mask[0]) gie_q <= write_data[0];
    if (!rst_ni) ier_q <= 1'b0;
    else if (write && write_addr == 8'h08 && write_mask[which]) ier_q <= write_data[which];
    if (!rst_ni || clear) begin
      {done_q, isr_q, error_q, failed_q} <= '0;
      {where_low_q, where_high_q} <= '0;
    end else begin
      done_q <= done || (done_q && !(read && read_addr == 8'h00));
      isr_q <= isr_here || (isr_q && !(one && write_addr == 8'h0c));
      error_q <= error_here || (error_q && !(one && write_addr == 8'h20));
      failed_q <= failed_q || bus_error;
      if (bus_error && !failed_q) begin
        where_low_q <= bus_error_addr[{1'b0, which}];
        where_high_q <= bus_error_addr[{1'b1, which}];
      end
    end
    irq_q <= gie_q && ier_q && isr_q && rst_ni && !clear;
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    // A byte's strobe is that of all its bits, as axi_lite_slave has it
    for (int unsigned i = 0; i < 4; i++) begin
      assume (write_mask[8*i +: 8] == '0 || write_mask[8*i +: 8] == '1);
    end
    if (!first_q) begin
      if (offset == 8'h10 || offset == 8'h14 || offset == 8'h18 || offset == 8'h1c
          || (offset >= 8'h4c && offset <= 8'h6c && offset[1:0] == 2'b00)) begin
        held: assert (out[which] == held_q);
        if (reads) held_read: assert (read_data[which] == held_q);
      end
      if (read_addr == 8'h00) control: assert (read_data[3:0] == {ready, idle, done_q, busy});
      if (read_addr == 8'h0c && which < 5'd2) interrupt: assert (read_data[which] == isr_q);
      if (read_addr == 8'h20) errors: assert (read_data[which] == error_q);
      first_error: assert (\i_dut.bus_error_q == failed_q);
      if (read_addr == 8'h24) where_low: assert (read_data[which] == where_low_q);
      if (read_addr == 8'h28) where_high: assert (read_data[which] == where_high_q);
      if (read_addr == 8'h48) resets: assert (read_data == {31'd0, resetting});
      if (irq_q && which < 5'd2) raised: assert (irq);
      starts: assert (start == (write && write_addr == 8'h00 && write_mask[0] && write_data[0]));
      restarts: assert (reset == (write && write_addr == 8'h48 && write_mask[0] && write_data[0]));
    end
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (!seen_q);
  end

endmodule
