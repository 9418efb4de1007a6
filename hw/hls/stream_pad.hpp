// A border of zeros around an image.
#pragma once

#include "types.hpp"

namespace df {

// in: Height x Cols pixels of Folds beats; out: (Top + Height + Bottom) x (Left + Cols + Right)
// pixels. One output beat a clock; no path from trip to trip but the counters.
template <unsigned Lanes, unsigned Bits, bool IsSigned, unsigned Folds, unsigned Height,
          unsigned Cols, unsigned Top, unsigned Bottom, unsigned Left, unsigned Right>
void stream_pad(stream_t<Bits, IsSigned, Lanes> &in, stream_t<Bits, IsSigned, Lanes> &out) {
  static_assert(Lanes >= 1 && Folds >= 1 && Height >= 1 && Cols >= 1,
                "stream_pad: Lanes, Folds, Height and Cols must be at least 1");
  constexpr unsigned PadRows = Top + Height + Bottom;
  constexpr unsigned PadCols = Left + Cols + Right;
  constexpr unsigned long Trips = 1UL * PadRows * PadCols * Folds;
  // position of the output beat in the padded image, and whether it is of the image
  index_t<Folds> fold = 0;
  index_t<PadCols> col = 0;
  index_t<PadRows> row = 0;
  bool col_inside = Left == 0, row_inside = Top == 0;
  for (unsigned long trip = 0; trip < Trips; ++trip) {
#pragma HLS PIPELINE II = 1
    beat_t<Bits, IsSigned, Lanes> y;
    if (col_inside && row_inside) {
      y = in.read();
    } else {
      for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
        y.lane[lane] = 0;
      }
    }
    out.write(y);
    if (wraps<Folds>(fold)) {
      if (wraps<PadCols>(col)) {
        wraps<PadRows>(row);
        row_inside = row == Top || (row_inside && row != (Top + Height) % PadRows);
      }
      col_inside = col == Left || (col_inside && col != (Left + Cols) % PadCols);
    }
  }
  DF_TRIPS(Trips);
}

}  // namespace df
