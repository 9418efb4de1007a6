// Repeats every pixel of an image in its row, and every row.
#pragma once

#include "memory_style.hpp"
#include "types.hpp"

namespace df {

// in: Height x Cols pixels of Folds beats; out: (Height * ScaleH) x (Cols * ScaleW) pixels.
// A repeated row comes from a memory of one row, a repeated pixel from a shift register of its
// beats. One output beat a clock; nothing is carried from trip to trip but the counters.
template <unsigned Lanes, unsigned Bits, bool IsSigned, unsigned Folds, unsigned Height,
          unsigned Cols, unsigned ScaleH, unsigned ScaleW, unsigned RamStyle>
void upsample_nearest(stream_t<Bits, IsSigned, Lanes> &in, stream_t<Bits, IsSigned, Lanes> &out) {
  static_assert(Lanes >= 1 && Folds >= 1 && Height >= 1 && Cols >= 1 && ScaleH >= 1 && ScaleW >= 1,
                "upsample_nearest: no size may be 0");
  constexpr unsigned Line = Cols * Folds;  // beats of a row that comes in
  constexpr unsigned long Trips = 1UL * Height * ScaleH * Line * ScaleW;
  using beat = beat_t<Bits, IsSigned, Lanes>;
  beat row[Line] DF_UNREAD;
#pragma HLS AGGREGATE variable = row compact = bit
#pragma HLS DEPENDENCE variable = row type = inter direction = RAW distance = Line true
  memory_style<RamStyle>::ram(row);
  beat pixel[Folds] DF_UNREAD;  // the latest beat first
#pragma HLS AGGREGATE variable = pixel compact = bit
#pragma HLS ARRAY_PARTITION variable = pixel type = complete
  index_t<Folds> fold = 0;
  index_t<ScaleW> copy_w = 0;
  index_t<Cols> col = 0;
  index_t<ScaleH> copy_h = 0;
  index_t<Line> address = 0;
  for (unsigned long trip = 0; trip < Trips; ++trip) {
#pragma HLS PIPELINE II = 1
    beat y;
    if (copy_w != 0) {
      y = pixel[Folds - 1];
    } else if (copy_h != 0) {
      y = row[address];
      wraps<Line>(address);
    } else {
      y = in.read();
      if (ScaleH > 1) row[address] = y;
      wraps<Line>(address);
    }
    for (unsigned place = Folds - 1; place > 0; --place) {
#pragma HLS UNROLL
      pixel[place] = pixel[place - 1];
    }
    pixel[0] = y;
    out.write(y);
    if (wraps<Folds>(fold) && wraps<ScaleW>(copy_w) && wraps<Cols>(col)) wraps<ScaleH>(copy_h);
  }
  DF_TRIPS(Trips);
}

}  // namespace df
