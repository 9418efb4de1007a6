// Windows of an image, all taps of one fold in one beat.
#pragma once

#include "memory_style.hpp"
#include "types.hpp"

namespace df {

// in: Height x Cols pixels of Folds beats; out: for every window, in raster order, Folds beats of
// the KernelH x KernelW taps of one fold, row by row; taps lie DilationH rows and DilationW columns
// apart.
//
// KernelH - 1 stretches of DilationH lines lie side by side in one memory, (KernelW - 1) *
// DilationW columns of every fold in a shift register. One input beat a clock: every trip reads one
// address of the memory and writes it back shifted by a stretch, and that address comes up again
// only a stretch of beats later; shift register and counters carry no arithmetic but the counting.
template <unsigned Lanes, unsigned Bits, bool IsSigned, unsigned Folds, unsigned Height,
          unsigned Cols, unsigned KernelH, unsigned KernelW, unsigned StrideH, unsigned StrideW,
          unsigned DilationH, unsigned DilationW, unsigned RamStyle>
void sliding_window_parallel(stream_t<Bits, IsSigned, Lanes> &in,
                             stream_t<Bits, IsSigned, KernelH * KernelW * Lanes> &out) {
  constexpr unsigned ReachH = (KernelH - 1) * DilationH + 1;  // rows from first tap to last
  constexpr unsigned ReachW = (KernelW - 1) * DilationW + 1;
  static_assert(Lanes >= 1 && Folds >= 1 && KernelH >= 1 && KernelW >= 1 && StrideH >= 1 &&
                    StrideW >= 1 && DilationH >= 1 && DilationW >= 1,
                "sliding_window_parallel: no size may be 0");
  static_assert(ReachH <= Height && ReachW <= Cols,
                "sliding_window_parallel: the kernel must fit the image");
  constexpr unsigned Line = DilationH * Cols * Folds;  // beats from a tap to the one below
  constexpr unsigned long Trips = 1UL * Height * Cols * Folds;
  constexpr unsigned Above = (KernelH - 1) * Lanes;    // lanes of the lines above
  constexpr unsigned Columns = (ReachW - 1) * Folds;  // columns held
  using WaitW = index_t<(ReachW > StrideW ? ReachW : StrideW)>;
  using WaitH = index_t<(ReachH > StrideH ? ReachH : StrideH)>;
  using column_t = beat_t<Bits, IsSigned, KernelH * Lanes>;  // the uppermost first

  beat_t<Bits, IsSigned, (Above > 0 ? Above : 1)> lines[KernelH > 1 ? Line : 1] DF_UNREAD;
#pragma HLS AGGREGATE variable = lines compact = bit
#pragma HLS DEPENDENCE variable = lines type = inter direction = RAW distance = Line true
  memory_style<RamStyle>::ram(lines);
  // the latest first; those of a fold lie Folds apart
  column_t columns[Columns > 0 ? Columns : 1] DF_UNREAD;
#pragma HLS AGGREGATE variable = columns compact = bit
#pragma HLS ARRAY_PARTITION variable = columns type = complete

  index_t<Folds> fold = 0;
  index_t<Cols> col = 0;
  index_t<Line> address = 0;
  // pixels (lines) to let pass until one completes a window
  WaitW wait_w = ReachW - 1;
  WaitH wait_h = ReachH - 1;
  for (unsigned long trip = 0; trip < Trips; ++trip) {
#pragma HLS PIPELINE II = 1
    const beat_t<Bits, IsSigned, Lanes> x = in.read();
    column_t column;
    if (KernelH > 1) {
      for (unsigned lane = 0; lane < Above; ++lane) {
#pragma HLS UNROLL
        column.lane[lane] = lines[address].lane[lane];
      }
    }
    for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
      column.lane[Above + lane] = x.lane[lane];
    }
    if (KernelH > 1) {
      beat_t<Bits, IsSigned, (Above > 0 ? Above : 1)> below;
      for (unsigned lane = 0; lane < Above; ++lane) {
#pragma HLS UNROLL
        below.lane[lane] = column.lane[Lanes + lane];
      }
      lines[address] = below;
    }
    if (wait_w == 0 && wait_h == 0) {
      beat_t<Bits, IsSigned, KernelH * KernelW * Lanes> y;
      for (unsigned row = 0; row < KernelH; ++row) {
#pragma HLS UNROLL
        for (unsigned tap = 0; tap < KernelW; ++tap) {
#pragma HLS UNROLL
          const bool latest = tap == KernelW - 1;
          const column_t &from =
              latest ? column : columns[(KernelW - 1 - tap) * DilationW * Folds - 1];
          for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
            y.lane[(row * KernelW + tap) * Lanes + lane] = from.lane[row * Lanes + lane];
          }
        }
      }
      out.write(y);
    }
    if (KernelW > 1) {
      for (unsigned place = Columns - 1; place > 0; --place) {
#pragma HLS UNROLL
        columns[place] = columns[place - 1];
      }
      columns[0] = column;
    }
    wraps<Line>(address);
    if (wraps<Folds>(fold)) {
      if (wraps<Cols>(col)) {
        wait_w = ReachW - 1;
        wait_h = wait_h == 0 ? WaitH(StrideH - 1) : WaitH(wait_h - 1);
      } else {
        wait_w = wait_w == 0 ? WaitW(StrideW - 1) : WaitW(wait_w - 1);
      }
    }
  }
  DF_TRIPS(Trips);
}

}  // namespace df
