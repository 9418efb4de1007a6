// The camera path in two pieces: in front of the network and behind it, each one dataflow region.
#pragma once

#include "box_write.hpp"
#include "decode_boxes.hpp"
#include "frame_read.hpp"
#include "letterbox.hpp"
#include "pixel_format.hpp"
#include "ports.hpp"
#include "stream_width_converter.hpp"
#include "suppress_boxes.hpp"

namespace df {

// A frame in memory, from byte `first` on, to the network's pixels: reader, pixel format, letterbox
// (`where`: its place), lanes of the network's port.
template <unsigned Lanes, unsigned MaxSide, unsigned Size, unsigned Level, unsigned Depth,
          unsigned PortLanes>
void camera_in(const std::uint64_t *frame, unsigned first, unsigned stride, unsigned width,
               unsigned height, unsigned format, Placement where, port_t<8, PortLanes> &pixels) {
#pragma HLS DATAFLOW
  stream_t<64, false, 1> words("words");
#pragma HLS STREAM variable = words depth = 16
#pragma HLS AGGREGATE variable = words compact = bit
  stream_t<8, false, 3 * Lanes> bytes("bytes");
#pragma HLS STREAM variable = bytes depth = 2
#pragma HLS AGGREGATE variable = bytes compact = bit
  stream_t<8, false, 3 * Lanes> rgb("rgb");
#pragma HLS STREAM variable = rgb depth = 2
#pragma HLS AGGREGATE variable = rgb compact = bit
  stream_t<8, false, 3> square("square");
#pragma HLS STREAM variable = square depth = 2
#pragma HLS AGGREGATE variable = square compact = bit
  stream_t<8, false, PortLanes> lanes("lanes");
#pragma HLS STREAM variable = lanes depth = 2
#pragma HLS AGGREGATE variable = lanes compact = bit
  constexpr unsigned long Elements = 3UL * Size * Size;
  frame_words<MaxSide>(frame, first, stride, height, width * pixel_bytes(format), words);
  line_beats<Lanes, MaxSide>(format, width, height, words, bytes);
  pixel_format<Lanes>(format, 1UL * height * ((width + Lanes - 1) / Lanes), bytes, rgb);
  letterbox<Lanes, 3, 8, MaxSide, Size, Level, Depth>(width, height, where, rgb, square);
  stream_width_converter<3, PortLanes, 8, false, Elements>(square, lanes);
  write_port<8, false, PortLanes, Elements / PortLanes>(lanes, pixels);
}

// The network's integers to records in memory: lanes of its port, candidates, the best of them,
// records.
template <unsigned Bits, bool IsSigned, unsigned PortLanes, unsigned Rows, unsigned Columns,
          unsigned Anchors, unsigned Cell, unsigned Most>
void camera_out(unsigned least, unsigned overlap, unsigned most, unsigned number, unsigned width,
                unsigned height, port_t<Bits, PortLanes> &integers, std::uint32_t *records,
                const table_t<25, true> (&factors)[6 * Anchors],
                const table_t<32, true> (&offsets)[6 * Anchors],
                const table_t<16, false> (&sigmoid)[1024],
                const table_t<16, false> (&power)[2048]) {
#pragma HLS DATAFLOW
  stream_t<Bits, IsSigned, PortLanes> lanes("lanes");
#pragma HLS STREAM variable = lanes depth = 2
#pragma HLS AGGREGATE variable = lanes compact = bit
  stream_t<Bits, IsSigned, 1> ones("ones");
#pragma HLS STREAM variable = ones depth = 2
#pragma HLS AGGREGATE variable = ones compact = bit
  boxes_t found("found");
#pragma HLS STREAM variable = found depth = 8
#pragma HLS AGGREGATE variable = found compact = bit
  boxes_t left("left");
#pragma HLS STREAM variable = left depth = 2
#pragma HLS AGGREGATE variable = left compact = bit
  constexpr unsigned long Elements = 6UL * Rows * Columns * Anchors;
  read_port<Bits, IsSigned, PortLanes, Elements / PortLanes>(integers, lanes);
  stream_width_converter<PortLanes, 1, Bits, IsSigned, Elements>(lanes, ones);
  decode_boxes<Bits, IsSigned, Rows, Columns, Anchors, Cell>(least, ones, found, factors, offsets,
                                                             sigmoid, power);
  suppress_boxes<Most>(overlap, most, found, left);
  box_write<Most>(number, width, height, left, records);
}

}  // namespace df
