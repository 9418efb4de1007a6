// A border around an image, and the same between its pixels.
#pragma once

#include "types.hpp"

namespace df {

// in: Height x Cols pixels of Folds beats; out: those, StrideH rows and StrideW columns apart, with
// Top, Bottom, Left and Right pixels of border; all others hold Fill. One output beat a clock; no
// path from trip to trip but the counters.
template <unsigned Lanes, unsigned Bits, bool IsSigned, unsigned Folds, unsigned Height,
          unsigned Cols, unsigned StrideH, unsigned StrideW, unsigned Top, unsigned Bottom,
          unsigned Left, unsigned Right, int Fill = 0>
void stream_pad(stream_t<Bits, IsSigned, Lanes> &in, stream_t<Bits, IsSigned, Lanes> &out) {
  static_assert(Lanes >= 1 && Folds >= 1 && Height >= 1 && Cols >= 1 && StrideH >= 1 &&
                    StrideW >= 1,
                "stream_pad: Lanes, Folds, Height, Cols and the strides must be at least 1");
  constexpr unsigned WideRows = (Height - 1) * StrideH + 1;  // from the first pixel to the last
  constexpr unsigned WideCols = (Cols - 1) * StrideW + 1;
  constexpr unsigned PadRows = Top + WideRows + Bottom;
  constexpr unsigned PadCols = Left + WideCols + Right;
  constexpr unsigned long Trips = 1UL * PadRows * PadCols * Folds;
  // position of the output beat in the padded image, and whether it is of the image
  index_t<Folds> fold = 0;
  index_t<PadCols> col = 0;
  index_t<PadRows> row = 0;
  bool col_inside = Left == 0, row_inside = Top == 0;
  // inside, which of StrideW columns it is, and of StrideH rows
  index_t<StrideW> col_phase = 0;
  index_t<StrideH> row_phase = 0;
  for (unsigned long trip = 0; trip < Trips; ++trip) {
#pragma HLS PIPELINE II = 1
    beat_t<Bits, IsSigned, Lanes> y;
    if (col_inside && row_inside && col_phase == 0 && row_phase == 0) {
      y = in.read();
    } else {
      for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
        y.lane[lane] = Fill;
      }
    }
    out.write(y);
    if (wraps<Folds>(fold)) {
      if (wraps<PadCols>(col)) {
        wraps<PadRows>(row);
        row_inside = row == Top || (row_inside && row != (Top + WideRows) % PadRows);
        wraps<StrideH>(row_phase);
        if (row == Top) row_phase = 0;
      }
      col_inside = col == Left || (col_inside && col != (Left + WideCols) % PadCols);
      wraps<StrideW>(col_phase);
      if (col == Left) col_phase = 0;
    }
  }
  DF_TRIPS(Trips);
}

}  // namespace df
