// Rows of a table by their numbers: an embedding.
#pragma once

#include "memory_style.hpp"
#include "types.hpp"

namespace df {

// in: Pixels indices of IndexBits bits, unsigned, a beat each; out: of each the Channels elements of
// its row, in Channels / Lanes beats. An index of no row (Rows or above) gives row 0.
// table: [row][beat][lane]. RamStyle: of the table (memory_style.hpp). One beat a clock.
template <unsigned IndexBits, unsigned Rows, unsigned Channels, unsigned Lanes, unsigned Bits,
          bool IsSigned, unsigned RamStyle, unsigned long Pixels>
void lookup(stream_t<IndexBits, false, 1> &in, stream_t<Bits, IsSigned, Lanes> &out,
            const table_t<Bits, IsSigned> (&table)[Rows * (Channels / Lanes)][Lanes]) {
#pragma HLS FUNCTION_INSTANTIATE variable = table
#pragma HLS ARRAY_RESHAPE variable = table type = complete dim = 2
  static_assert(Lanes >= 1 && Channels % Lanes == 0, "lookup: Lanes must divide Channels");
  memory_style<RamStyle>::rom(table);
  constexpr unsigned Folds = Channels / Lanes;  // beats of a row
  constexpr unsigned long Trips = Pixels * Folds;
  index_t<Folds> fold = 0;
  lane_t<IndexBits, false> index = 0;
  for (unsigned long beat = 0; beat < Trips; ++beat) {
#pragma HLS PIPELINE II = 1
    if (fold == 0) index = in.read().lane[0];
    const unsigned long given = static_cast<unsigned long>(index);
    const unsigned long row = given < Rows ? given : 0;
    beat_t<Bits, IsSigned, Lanes> y;
    for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
      y.lane[lane] =
          narrow<Bits, IsSigned>(table[row * Folds + static_cast<unsigned>(fold)][lane]);
    }
    out.write(y);
    wraps<Folds>(fold);
  }
  DF_TRIPS(Trips);
}

}  // namespace df
