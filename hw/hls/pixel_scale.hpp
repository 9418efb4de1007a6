// Times a factor of each pixel's place: that of its row times that of its column.
#pragma once

#include "types.hpp"

namespace df {

// in: an image of Height x Cols pixels of Folds beats of Lanes values of InBits bits; out: as many
// beats of OutBits bits. rows, columns: factors of FactorBits bits, unsigned. One beat a clock.
template <unsigned Lanes, unsigned InBits, bool InSigned, unsigned OutBits, bool OutSigned,
          unsigned Folds, unsigned Height, unsigned Cols, unsigned FactorBits>
void pixel_scale(stream_t<InBits, InSigned, Lanes> &in, stream_t<OutBits, OutSigned, Lanes> &out,
                 const table_t<FactorBits, false> (&rows)[Height],
                 const table_t<FactorBits, false> (&columns)[Cols]) {
#pragma HLS FUNCTION_INSTANTIATE variable = rows
#pragma HLS FUNCTION_INSTANTIATE variable = columns
  constexpr unsigned long Trips = static_cast<unsigned long>(Height) * Cols * Folds;
  index_t<Folds> fold = 0;
  index_t<Cols> col = 0;
  index_t<Height> row = 0;
  for (unsigned long beat = 0; beat < Trips; ++beat) {
#pragma HLS PIPELINE II = 1
    const beat_t<InBits, InSigned, Lanes> x = in.read();
    const lane_t<2 * FactorBits + 1, true> factor =
        static_cast<lane_t<2 * FactorBits + 1, true>>(rows[static_cast<unsigned>(row)]) *
        static_cast<lane_t<2 * FactorBits + 1, true>>(columns[static_cast<unsigned>(col)]);
    beat_t<OutBits, OutSigned, Lanes> y;
    for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
      y.lane[lane] = narrow<OutBits, OutSigned>(static_cast<long long>(x.lane[lane]) *
                                                static_cast<long long>(factor));
    }
    out.write(y);
    if (wraps<Folds>(fold)) {
      if (wraps<Cols>(col)) wraps<Height>(row);
    }
  }
  DF_TRIPS(Trips);
}

}  // namespace df
