// Maximum or sum over windows of any size, stride and dilation.
#pragma once

#include "memory_style.hpp"
#include "types.hpp"

namespace df {

// Lane by lane: so_far joined with x, a maximum or a sum of Bits bits.
template <bool IsSum, unsigned Bits, bool IsSigned, typename Lane, unsigned Lanes>
inline void join_into(beat_t<Bits, IsSigned, Lanes> &so_far, const Beat<Lane, Lanes> &x) {
#pragma HLS INLINE
  for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
    const long long mine = static_cast<long long>(so_far.lane[lane]);
    const long long other = static_cast<long long>(x.lane[lane]);
    so_far.lane[lane] = narrow<Bits, IsSigned>(IsSum ? mine + other : mine > other ? mine : other);
  }
}

// Lane by lane: x in Bits bits.
template <unsigned Bits, bool IsSigned, typename Lane, unsigned Lanes>
inline beat_t<Bits, IsSigned, Lanes> widened(const Beat<Lane, Lanes> &x) {
#pragma HLS INLINE
  beat_t<Bits, IsSigned, Lanes> y;
  for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
    y.lane[lane] = narrow<Bits, IsSigned>(static_cast<long long>(x.lane[lane]));
  }
  return y;
}

// in: Height x Cols pixels of Folds beats; out: of every window, in raster order, Folds beats.
//
// Two steps: the pixels of a window's row are joined, from a shift register of the row's last
// pixels; where a row of a window ends, it is joined with those above it, which lie side by side in
// one memory. One input beat a clock: an address of the memory comes up again only a line of beats
// later; shift register and counters carry no arithmetic but the counting.
template <unsigned Lanes, unsigned Bits, bool IsSigned, unsigned MidBits, unsigned OutBits,
          bool IsSum, unsigned Folds, unsigned Height, unsigned Cols, unsigned KernelH,
          unsigned KernelW, unsigned StrideH, unsigned StrideW, unsigned DilationH,
          unsigned DilationW, unsigned RamStyle>
void stream_pool(stream_t<Bits, IsSigned, Lanes> &in, stream_t<OutBits, IsSigned, Lanes> &out) {
  static_assert(Lanes >= 1 && Folds >= 1 && KernelH >= 1 && KernelW >= 1 && StrideH >= 1 &&
                    StrideW >= 1 && DilationH >= 1 && DilationW >= 1,
                "stream_pool: no size may be 0");
  constexpr unsigned SpanH = (KernelH - 1) * DilationH + 1, SpanW = (KernelW - 1) * DilationW + 1;
  static_assert(SpanH <= Height && SpanW <= Cols, "stream_pool: a window must fit the image");
  constexpr unsigned Entries = ((Cols - SpanW) / StrideW + 1) * Folds;
  constexpr unsigned Line = Cols * Folds;  // beats of a line
  constexpr unsigned long Trips = 1UL * Height * Line;
  constexpr unsigned Above = SpanH - 1;              // rows of a window above the last
  constexpr unsigned Columns = (SpanW - 1) * Folds;  // beats of a row held
  using WaitW = index_t<(SpanW > StrideW ? SpanW : StrideW)>;
  using WaitH = index_t<(SpanH > StrideH ? SpanH : StrideH)>;
  using row_t = beat_t<MidBits, IsSigned, Lanes>;

  // the latest first; those of a fold lie Folds apart
  beat_t<Bits, IsSigned, Lanes> columns[Columns > 0 ? Columns : 1] DF_UNREAD;
#pragma HLS AGGREGATE variable = columns compact = bit
#pragma HLS ARRAY_PARTITION variable = columns type = complete
  // rows of the windows that end in a column, the uppermost first
  beat_t<MidBits, IsSigned, (Above > 0 ? Above : 1) * Lanes> lines[Above > 0 ? Entries : 1] DF_UNREAD;
#pragma HLS AGGREGATE variable = lines compact = bit
#pragma HLS DEPENDENCE variable = lines type = inter direction = RAW distance = Line true
  memory_style<RamStyle>::ram(lines);

  index_t<Folds> fold = 0;
  index_t<Cols> col = 0;
  index_t<Entries> entry = 0;
  // pixels (lines) to let pass until one completes a window
  WaitW wait_w = SpanW - 1;
  WaitH wait_h = SpanH - 1;
  for (unsigned long trip = 0; trip < Trips; ++trip) {
#pragma HLS PIPELINE II = 1
    const beat_t<Bits, IsSigned, Lanes> x = in.read();
    row_t row = widened<MidBits, IsSigned>(x);
    for (unsigned tap = 1; tap < KernelW; ++tap) {
#pragma HLS UNROLL
      join_into<IsSum, MidBits, IsSigned>(row, columns[tap * DilationW * Folds - 1]);
    }
    if (wait_w == 0) {
      beat_t<OutBits, IsSigned, Lanes> y = widened<OutBits, IsSigned>(row);
      if (Above > 0) {
        beat_t<MidBits, IsSigned, (Above > 0 ? Above : 1) * Lanes> held = lines[entry], below;
        for (unsigned tap = 0; tap + 1 < KernelH; ++tap) {
#pragma HLS UNROLL
          row_t part;
          for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
            part.lane[lane] = held.lane[tap * DilationH * Lanes + lane];
          }
          join_into<IsSum, OutBits, IsSigned>(y, part);
        }
        for (unsigned lane = 0; lane < Above * Lanes; ++lane) {
#pragma HLS UNROLL
          below.lane[lane] = lane + Lanes < Above * Lanes ? held.lane[lane + Lanes]
                                                          : row.lane[lane + Lanes - Above * Lanes];
        }
        lines[entry] = below;
      }
      if (wait_h == 0) out.write(y);
      wraps<Entries>(entry);
    }
    if (Columns > 0) {
      for (unsigned place = Columns - 1; place > 0; --place) {
#pragma HLS UNROLL
        columns[place] = columns[place - 1];
      }
      columns[0] = x;
    }
    if (wraps<Folds>(fold)) {
      if (wraps<Cols>(col)) {
        wait_w = SpanW - 1;
        wait_h = wait_h == 0 ? WaitH(StrideH - 1) : WaitH(wait_h - 1);
      } else {
        wait_w = wait_w == 0 ? WaitW(StrideW - 1) : WaitW(wait_w - 1);
      }
    }
  }
  DF_TRIPS(Trips);
}

}  // namespace df
