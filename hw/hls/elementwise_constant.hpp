// The sum or product of each beat and a constant of its place in the image, lane by lane.
#pragma once

#include "elementwise_binary.hpp"
#include "memory_style.hpp"
#include "types.hpp"

namespace df {

// in: Beats beats of Lanes values of InBits bits; out: of Factor * in and the row of its place, of
// OutBits bits. constants: [row][lane]; behind the last of Depth rows comes the first one again,
// and a frame begins with it. Operation: of_two. RamStyle: memory_style.hpp. One beat a clock.
template <unsigned Operation, unsigned Lanes, unsigned InBits, bool InSigned, unsigned ConstantBits,
          bool ConstantSigned, long Factor, unsigned OutBits, bool OutSigned, unsigned Depth,
          unsigned RamStyle, unsigned long Beats>
void elementwise_constant(stream_t<InBits, InSigned, Lanes> &in,
                          stream_t<OutBits, OutSigned, Lanes> &out,
                          const table_t<ConstantBits, ConstantSigned> (&constants)[Depth][Lanes]) {
#pragma HLS FUNCTION_INSTANTIATE variable = constants
#pragma HLS ARRAY_RESHAPE variable = constants type = complete dim = 2
  static_assert(Beats % Depth == 0, "elementwise_constant: Depth must divide Beats");
  memory_style<RamStyle>::rom(constants);
  index_t<Depth> row = 0;
  for (unsigned long beat = 0; beat < Beats; ++beat) {
#pragma HLS PIPELINE II = 1
    const beat_t<InBits, InSigned, Lanes> x = in.read();
    beat_t<OutBits, OutSigned, Lanes> result;
    for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
      const long long first = Factor * static_cast<long long>(x.lane[lane]);
      const long long second =
          static_cast<long long>(constants[static_cast<unsigned>(row)][lane]);
      result.lane[lane] = narrow<OutBits, OutSigned>(of_two<Operation>(first, second));
    }
    out.write(result);
    wraps<Depth>(row);
  }
  DF_TRIPS(Beats);
}

}  // namespace df
