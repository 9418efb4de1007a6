// Pixels of a frame's format to RGB: what camera_path/frames.py says.
#pragma once

#include "frame_read.hpp"
#include "types.hpp"

namespace df {

// A level of 20 fractional bits to 0..255.
inline lane_t<8, false> level_of(long long value) {
#pragma HLS INLINE
  const long long whole = value >> 20;
  return narrow<8, false>(whole < 0 ? 0 : whole > 255 ? 255 : whole);
}

// in: beats of Lanes pixels' bytes as they lie in memory; out: as many of red, green and blue of
// each. BT.601 of limited range, 20 fractional bits. A beat a clock; nothing is carried.
template <unsigned Lanes>
void pixel_format(unsigned format, unsigned long beats, stream_t<8, false, 3 * Lanes> &in,
                  stream_t<8, false, 3 * Lanes> &out) {
  static_assert(Lanes >= 2 && Lanes % 2 == 0,
                "pixel_format: Lanes must be even, as two pixels of YUYV share their colour");
  for (unsigned long beat = 0; beat < beats; ++beat) {
#pragma HLS PIPELINE II = 1
    const beat_t<8, false, 3 * Lanes> x = in.read();
    beat_t<8, false, 3 * Lanes> y;
    for (unsigned i = 0; i < Lanes; ++i) {
#pragma HLS UNROLL
      const long long above = static_cast<long long>(x.lane[2 * i]) - 16;
      const long long luma = (above < 0 ? 0 : above) * 1220542 + 524288;
      const long long u = static_cast<long long>(x.lane[i / 2 * 4 + 1]) - 128;
      const long long v = static_cast<long long>(x.lane[i / 2 * 4 + 3]) - 128;
      const lane_t<8, false> colours[3] = {level_of(luma + 1673527 * v),
                                           level_of(luma - 409993 * u - 852492 * v),
                                           level_of(luma + 2116026 * u)};
      for (unsigned c = 0; c < 3; ++c) {
#pragma HLS UNROLL
        const unsigned place = format == FormatBgr ? 3 * i + 2 - c
                               : format == FormatGrey ? i : 3 * i + c;
        y.lane[3 * i + c] = format == FormatYuyv ? colours[c] : x.lane[place];
      }
    }
    out.write(y);
  }
  DF_TRIPS(beats);
}

}  // namespace df
