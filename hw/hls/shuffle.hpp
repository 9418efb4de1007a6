// The beats of a block in another order: a transposition, with reshapes in front and behind.
#pragma once

#include "memory_style.hpp"
#include "types.hpp"

namespace df {

// The output's axes, the innermost first: of each its beats, and how far they lie apart in the
// input.
template <unsigned... Numbers>
struct axes_t {
  static constexpr unsigned Axes = sizeof...(Numbers) / 2;
  static unsigned count(unsigned axis) {
    const unsigned all[] = {Numbers...};
    return all[2 * axis];
  }
  static unsigned stride(unsigned axis) {
    const unsigned all[] = {Numbers...};
    return all[2 * axis + 1];
  }
};

// in, out: Blocks blocks of Beats beats. A block is written into one half of a memory while the
// block in front of it is read from the other. One beat a clock. Distance: trips from writing a
// beat to reading it, at least.
template <unsigned Lanes, unsigned Bits, bool IsSigned, unsigned long Beats, unsigned long Blocks,
          unsigned long Distance, unsigned RamStyle, typename Axes>
void shuffle(Axes, stream_t<Bits, IsSigned, Lanes> &in, stream_t<Bits, IsSigned, Lanes> &out) {
  static_assert(Beats >= 2 && Blocks >= 1 && Distance >= 1, "shuffle: no size may be 0");
  constexpr unsigned long Trips = (Blocks + 1) * Beats;
  using beat = beat_t<Bits, IsSigned, Lanes>;
  beat memory[2 * Beats] DF_UNREAD;
#pragma HLS AGGREGATE variable = memory compact = bit
#pragma HLS DEPENDENCE variable = memory type = inter direction = RAW distance = Distance true
#pragma HLS DEPENDENCE variable = memory type = intra false
  memory_style<RamStyle>::ram(memory);
  unsigned place[Axes::Axes] = {};  // of the beat that is read, along each axis
#pragma HLS ARRAY_PARTITION variable = place type = complete
  unsigned long from = 0;  // its beat of the block
  bool upper = false;      // the half that is read
  index_t<2 * Beats> to = 0;
  for (unsigned long trip = 0; trip < Trips; ++trip) {
#pragma HLS PIPELINE II = 1
    if (trip >= Beats) {
      out.write(memory[upper ? from + Beats : from]);
      bool within = true;  // all axes within are at their last
      for (unsigned axis = 0; axis < Axes::Axes; ++axis) {
#pragma HLS UNROLL
        const bool last = place[axis] == Axes::count(axis) - 1;
        if (within) {
          from = last ? from - (Axes::count(axis) - 1) * Axes::stride(axis)
                      : from + Axes::stride(axis);
          place[axis] = last ? 0 : place[axis] + 1;
        }
        within = within && last;
      }
      if (within) upper = !upper;
    }
    if (trip < Blocks * Beats) {
      memory[to] = in.read();
      wraps<2 * Beats>(to);
    }
  }
  DF_TRIPS(Trips);
}

}  // namespace df
