// Candidates of the network's integers: what camera_path/decode.py says.
#pragma once

#include "boxes.hpp"
#include "memory_style.hpp"
#include "types.hpp"

namespace df {

// in: the integers of a frame by row, column, anchor and channel (t_x, t_y, t_w, t_h, t_o, t_f).
// out: a box for each score of `least` or more, by row, column, anchor, then the end.
// factors, offsets: of each channel, 20 fractional bits. sigmoid: the logistic function of i / 128.
// power: 2 ** (i / 2048) of 16 fractional bits, less its leading 1. Cell: 1/16 pixels of a cell.
// An integer a clock; what a box is made of is carried until its last integer.
template <unsigned Bits, bool IsSigned, unsigned Rows, unsigned Columns, unsigned Anchors,
          unsigned Cell>
void decode_boxes(unsigned least, stream_t<Bits, IsSigned, 1> &in, boxes_t &out,
                  const table_t<25, true> (&factors)[6 * Anchors],
                  const table_t<32, true> (&offsets)[6 * Anchors],
                  const table_t<16, false> (&sigmoid)[1024],
                  const table_t<16, false> (&power)[2048]) {
  static_assert(Rows * Cell <= 16384 && Columns * Cell <= 16384,
                "decode_boxes: the frame must have 1024 pixels a side at most");
  static_assert(1UL * Rows * Columns * Anchors <= 1UL << 20,
                "decode_boxes: places must fit 20 bits");
  memory_style<StyleBlock>::rom(sigmoid);
  memory_style<StyleBlock>::rom(power);
  constexpr unsigned long Trips = 6UL * Rows * Columns * Anchors + 1;
  index_t<6> kind = 0;
  index_t<Anchors> anchor = 0;
  index_t<Columns> column = 0;
  index_t<Rows> row = 0;
  lane_t<20, false> place = 0;
  // centre and half a side along each axis; the logistic function of t_o
  lane_t<17, true> centre[2] = {}, half[2] = {};
#pragma HLS ARRAY_PARTITION variable = centre type = complete
#pragma HLS ARRAY_PARTITION variable = half type = complete
  lane_t<16, false> object = 0;
  for (unsigned long trip = 0; trip < Trips; ++trip) {
#pragma HLS PIPELINE II = 1
    if (trip == Trips - 1) {
      out.write(end_box());
    } else {
      const unsigned channel = static_cast<unsigned>(anchor) * 6 + static_cast<unsigned>(kind);
      const long long fixed = static_cast<long long>(in.read().lane[0]) *
                                  static_cast<long long>(factors[channel]) +
                              static_cast<long long>(offsets[channel]);
      // the logistic function: t of 7 fractional bits, limited to just below 8 either way
      const long long t = (fixed + 4096) >> 13, size = t < 0 ? -t : t;
      const lane_t<16, false> level = sigmoid[size > 1023 ? 1023 : size];
      const lane_t<16, false> logistic = narrow<16, false>(
          t < 0 ? 65536 - static_cast<long>(level) : static_cast<long>(level));
      // a power of 2 of 11 fractional bits, limited to -2 and just below 15
      const long long u = (fixed + 256) >> 9;
      const long long exponent = u < -4096 ? -4096 : u > 30719 ? 30719 : u;
      const long mantissa = 65536 + static_cast<long>(power[exponent & 2047]);
      const unsigned down = static_cast<unsigned>(16 - (exponent >> 11));
      const lane_t<17, true> side =
          narrow<17, true>((mantissa + (1L << (down - 1))) >> down);
      const long part = (static_cast<long>(logistic) * Cell + 32768) >> 16;
      switch (static_cast<unsigned>(kind)) {
        case 0:
          centre[0] = narrow<17, true>(static_cast<long>(column) * Cell + part);
          break;
        case 1:
          centre[1] = narrow<17, true>(static_cast<long>(row) * Cell + part);
          break;
        case 2:
          half[0] = side;
          break;
        case 3:
          half[1] = side;
          break;
        case 4:
          object = logistic;
          break;
        default:
          Box box;
          box.end = false;
          box.place = place;
          const long score = (static_cast<long>(object) * static_cast<long>(logistic) + 32768) >> 16;
          box.score = narrow<16, false>(score);
          for (unsigned i = 0; i < 4; ++i) {
#pragma HLS UNROLL
            const long middle = static_cast<long>(centre[i % 2]);
            const long reach = static_cast<long>(half[i % 2]);
            const long corner = i < 2 ? middle - reach : middle + reach;
            box.corner[i] =
                narrow<16, true>(corner < -32768 ? -32768 : corner > 32767 ? 32767 : corner);
          }
          if (score >= static_cast<long>(least)) out.write(box);
          place = narrow<20, false>(static_cast<unsigned long>(place) + 1);
      }
      if (wraps<6>(kind)) {
        if (wraps<Anchors>(anchor)) {
          if (wraps<Columns>(column)) wraps<Rows>(row);
        }
      }
    }
  }
  DF_TRIPS(Trips);
}

}  // namespace df
