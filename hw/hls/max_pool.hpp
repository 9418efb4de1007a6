// Maximum over windows whose stride is their size; rows and columns that fill none are dropped.
#pragma once

#include "memory_style.hpp"
#include "types.hpp"

namespace df {

// Lane by lane.
template <typename Lane, unsigned Lanes>
inline Beat<Lane, Lanes> maximum(const Beat<Lane, Lanes> &a, const Beat<Lane, Lanes> &b) {
#pragma HLS INLINE
  Beat<Lane, Lanes> y;
  for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
    y.lane[lane] = a.lane[lane] > b.lane[lane] ? a.lane[lane] : b.lane[lane];
  }
  return y;
}

// Maximum over the Side neighbouring pixels, of Channels values each, of every window in a beat.
template <unsigned Side, unsigned Channels, typename Lane, unsigned Lanes>
inline Beat<Lane, Lanes / Side> inside(const Beat<Lane, Lanes> &x) {
#pragma HLS INLINE
  Beat<Lane, Lanes / Side> y;
  for (unsigned lane = 0; lane < Lanes / Side; ++lane) {
#pragma HLS UNROLL
    const unsigned first = lane / Channels * Side * Channels + lane % Channels;
    y.lane[lane] = x.lane[first];
    for (unsigned pixel = 1; pixel < Side; ++pixel) {
#pragma HLS UNROLL
      const Lane &next = x.lane[first + pixel * Channels];
      y.lane[lane] = next > y.lane[lane] ? next : y.lane[lane];
    }
  }
  return y;
}

// in: Height x Cols pixels of Folds beats; out: (Height / KernelH) x (Cols / KernelW) pixels.
// An input beat holds Side neighbouring pixels of Channels values where an output beat has one.
//
// Two steps: along a row, in registers of one pixel (a shift register of Folds beats); where a
// window's row ends, with the maxima of the rows above, in a memory of one row of windows. So the
// registers carry one comparison from trip to trip, and an entry of the memory comes up again
// only a line of beats later: one input beat a clock. The counters of the window never reach
// their ends in the columns and rows that fill no window.
template <unsigned Lanes, unsigned Bits, bool IsSigned, unsigned Folds, unsigned Height,
          unsigned Cols, unsigned KernelH, unsigned KernelW, unsigned RamStyle, unsigned Side = 1,
          unsigned Channels = Lanes>
void max_pool(stream_t<Bits, IsSigned, Lanes * Side> &in, stream_t<Bits, IsSigned, Lanes> &out) {
  static_assert(Lanes >= 1 && Folds >= 1 && KernelH >= 1 && KernelW >= 1,
                "max_pool: Lanes, Folds, KernelH and KernelW must be at least 1");
  static_assert(KernelH <= Height && KernelW <= Cols, "max_pool: the kernel must fit the image");
  static_assert(Side >= 1 && Channels >= 1 && Lanes % Channels == 0,
                "max_pool: Side must be at least 1, and Channels divide Lanes");
  using beat = beat_t<Bits, IsSigned, Lanes>;
  constexpr unsigned Entries = Cols / KernelW * Folds;
  constexpr unsigned Line = Cols * Folds;  // beats of a line
  constexpr unsigned long Trips = 1UL * Height * Line;
  beat across[Folds] DF_UNREAD;  // maxima of this row of the window, those of the beat's fold last
#pragma HLS AGGREGATE variable = across compact = bit
#pragma HLS ARRAY_PARTITION variable = across type = complete
  beat maxima[Entries] DF_UNREAD;  // of the window's rows above
#pragma HLS AGGREGATE variable = maxima compact = bit
#pragma HLS DEPENDENCE variable = maxima type = inter direction = RAW distance = Line true
  memory_style<RamStyle>::ram(maxima);
  index_t<Folds> fold = 0;
  index_t<Cols> col = 0;
  index_t<KernelW> kernel_col = 0;
  index_t<KernelH> kernel_row = 0;
  index_t<Entries> entry = 0;
  for (unsigned long trip = 0; trip < Trips; ++trip) {
#pragma HLS PIPELINE II = 1
    const beat x = inside<Side, Channels>(in.read());
    const beat row = kernel_col == 0 ? x : maximum(x, across[Folds - 1]);
    for (unsigned place = Folds - 1; place > 0; --place) {
#pragma HLS UNROLL
      across[place] = across[place - 1];
    }
    across[0] = row;
    if (kernel_col == KernelW - 1) {
      const beat y = KernelH == 1 || kernel_row == 0 ? row : maximum(row, maxima[entry]);
      if (KernelH > 1) maxima[entry] = y;
      wraps<Entries>(entry);
      if (kernel_row == KernelH - 1) out.write(y);
    }
    if (wraps<Folds>(fold)) {
      wraps<KernelW>(kernel_col);
      if (wraps<Cols>(col)) {
        kernel_col = 0;
        wraps<KernelH>(kernel_row);
      }
    }
  }
  DF_TRIPS(Trips);
}

}  // namespace df
