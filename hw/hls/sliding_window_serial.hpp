// Windows of an image, one beat at a time, from a line buffer in one memory.
#pragma once

#include "memory_style.hpp"
#include "types.hpp"

namespace df {

constexpr unsigned long larger(unsigned long a, unsigned long b) { return a > b ? a : b; }
constexpr unsigned long less_or_0(unsigned long a, unsigned long b) { return a > b ? a - b : 0; }

// Sizes of sliding_window_serial, in beats, and its trips.
template <unsigned Folds, unsigned Height, unsigned Cols, unsigned KernelH, unsigned KernelW,
          unsigned StrideH, unsigned StrideW, unsigned DilationH, unsigned DilationW,
          bool Depthwise>
struct serial_window {
  static_assert(Folds >= 1 && KernelH >= 1 && KernelW >= 1 && StrideH >= 1 && StrideW >= 1 &&
                    DilationH >= 1 && DilationW >= 1,
                "sliding_window_serial: no size may be 0");
  // rows and columns from a window's first tap to its last
  static constexpr unsigned ReachH = (KernelH - 1) * DilationH + 1;
  static constexpr unsigned ReachW = (KernelW - 1) * DilationW + 1;
  static_assert(ReachH <= Height && ReachW <= Cols,
                "sliding_window_serial: the kernel must fit the image");
  static constexpr unsigned OutH = (Height - ReachH) / StrideH + 1;
  static constexpr unsigned OutW = (Cols - ReachW) / StrideW + 1;
  static constexpr unsigned long Beats = 1UL * Height * Cols * Folds;
  // from a window's first beat to behind its last one
  static constexpr unsigned long Span = (1UL * (ReachH - 1) * Cols + ReachW) * Folds;
  // how far writing runs ahead: the next windows of the row arrive while one is read, and the
  // lines that no two rows of windows share while a row of windows is read
  static constexpr unsigned long Slack = (ReachW + 1UL * (StrideH - 1) * Cols) * Folds;
  static constexpr unsigned long Depth = Span + Slack;
  // A window's beats leave in runs of beats that lie RunStep apart, runs in turns: kernel columns
  // and folds, kernel rows; with dilated columns folds, kernel columns, kernel rows; fold by fold
  // kernel columns, kernel rows, folds.
  static constexpr bool ByFold = Depthwise && Folds > 1 && KernelH * KernelW > 1;
  static constexpr bool Gaps = !ByFold && DilationW > 1 && KernelW > 1;
  static constexpr unsigned RunBeats = ByFold ? KernelW : Gaps ? Folds : KernelW * Folds;
  static constexpr unsigned Runs = Gaps ? KernelW : KernelH;
  static constexpr unsigned Turns = ByFold ? Folds : Gaps ? KernelH : 1;
  // from the last beat of a kernel row to the first of the next, of one fold; from a beat of a run
  // to the next, from a run to the next; from a turn to the next, or back to it (folds); from a
  // window to the next one in its row, and from the last one of a row to the first of the next
  static constexpr unsigned long RowJump = (1UL * DilationH * Cols - ReachW + 1) * Folds;
  static constexpr unsigned long RunStep = ByFold ? 1UL * DilationW * Folds : 1;
  static constexpr unsigned long RunJump = ByFold ? RowJump
                                           : Gaps ? (DilationW - 1UL) * Folds + 1
                                                  : RowJump - Folds + 1;
  static constexpr unsigned long TurnJump = ByFold ? 0 : RowJump - Folds + 1;
  static constexpr unsigned long TurnBack = ByFold ? Span - 1 - Folds : 0;
  static constexpr unsigned long NextCol = 1UL * StrideW * Folds;
  static constexpr unsigned long NextRow =
      (1UL * StrideH * Cols - 1UL * (OutW - 1) * StrideW) * Folds;
  static constexpr unsigned long Last = (OutH - 1) * (NextRow + (OutW - 1) * NextCol) +
                                        (OutW - 1) * NextCol;  // first beat of the last window

  // Trips = fill + (OutH - 1) rows + one row but its first window + rest. Whichever is slower
  // counts, reading or writing; a beat may leave in the trip after the one in which it arrived.
  //   fill  the first window's last beat arrives, and leaves a trip later
  //   row   its windows leave; or its windows but the first leave, meanwhile as many beats arrive
  //         as there is room for, then the rest of those that the first one waits for; or its
  //         input beats arrive
  //   rest  beats behind the last window that the buffer has no room for before it left
  // Late: beats that leave behind a window's last pixel, of its other folds.
  // Windows of fewer beats than there are from one to the next (SparseRow) wait for each other in
  // their row; there the sum may be up to Slack trips too many, and Late ones a window.
  static constexpr unsigned long Late =
      ByFold ? (Folds - 1UL) * (1UL * KernelH * KernelW - 1) : 0;
  static constexpr unsigned long Window = 1UL * KernelH * KernelW * Folds;
  static constexpr bool SparseRow = NextCol > Window;
  static constexpr unsigned long RowIn = 1UL * StrideH * Cols * Folds;
  static constexpr unsigned long RowOut =
      larger((OutW - 1) * Window + larger(Window, less_or_0(NextRow + 1 + Late, Slack)),
             OutW > 1 ? less_or_0(Window + (OutW - 1) * NextCol + 1 + Late, Slack) : 0);
  static constexpr unsigned long Rest = less_or_0(Beats, Last + Depth);
  static constexpr unsigned long Trips =
      larger(Beats, Span + Late + 1 + (OutH - 1) * larger(RowIn, RowOut) +
                        (OutW - 1) * (SparseRow ? NextCol + Late : Window) + Rest +
                        (SparseRow && RowOut > RowIn ? Slack : 0));
};

// position + step in a circle of Size places; step < Size.
template <unsigned long Size>
inline index_t<Size> around(const index_t<Size> &position, unsigned long step) {
#pragma HLS INLINE
  const unsigned long sum = position + step;
  return to_index<Size>(sum >= Size ? sum - Size : sum);
}

// in: Height x Cols pixels of Folds beats; out: for every window, in raster order, its beats in
// the order kernel row, kernel column, fold; if Depthwise, fold, kernel row, kernel column. Taps
// lie DilationH rows and DilationW columns apart. Pixels of no window are read and dropped.
//
// The buffer is circular. Every trip may read a beat of the window (it has arrived in a trip
// before), and may write the next input beat (its place is of no use to this window or a later
// one); which trips do is a matter of counters alone. In the same trip both never meet in one
// place, and nothing that is read goes into what is written, so that one trip a clock needs no
// more than a memory with a port for each. From trip to trip go only counters: compare, then add
// one of four constants.
template <unsigned Lanes, unsigned Bits, bool IsSigned, unsigned Folds, unsigned Height,
          unsigned Cols, unsigned KernelH, unsigned KernelW, unsigned StrideH, unsigned StrideW,
          unsigned DilationH, unsigned DilationW, bool Depthwise, unsigned RamStyle>
void sliding_window_serial(stream_t<Bits, IsSigned, Lanes> &in,
                           stream_t<Bits, IsSigned, Lanes> &out) {
  using sizes = serial_window<Folds, Height, Cols, KernelH, KernelW, StrideH, StrideW,
                              DilationH, DilationW, Depthwise>;
  constexpr unsigned long Depth = sizes::Depth, Beats = sizes::Beats;
  constexpr unsigned long NextCol = sizes::NextCol, NextRow = sizes::NextRow;
  beat_t<Bits, IsSigned, Lanes> buffer[Depth] DF_UNREAD;
#pragma HLS AGGREGATE variable = buffer compact = bit
  memory_style<RamStyle>::ram(buffer);

  // beats of the frame: arrived; the one to leave next (Beats behind the last); the window's first
  // one; the first one that may not arrive before the window left
  index_t<Beats + 1> arrived = 0, next = 0, start = 0;
  index_t<Beats + Depth> limit = Depth;
  // their places in the buffer
  index_t<Depth> write_at = 0, read_at = 0, start_at = 0;
  // position of the beat to leave: in its run, run, turn, window in its row, row of windows
  index_t<sizes::RunBeats> beat = 0;
  index_t<sizes::Runs> run = 0;
  index_t<sizes::Turns> turn = 0;
  index_t<sizes::OutW> out_col = 0;
  index_t<sizes::OutH> out_row = 0;
  for (unsigned long trip = 0; trip < sizes::Trips; ++trip) {
#pragma HLS PIPELINE II = 1
    const bool leaves = next < arrived;
    const bool arrives = arrived < limit && arrived < Beats;
    if (leaves) {
      out.write(buffer[read_at]);
      if (!wraps<sizes::RunBeats>(beat)) {
        next = to_index<Beats + 1>(next + sizes::RunStep);
        read_at = around<Depth>(read_at, sizes::RunStep % Depth);
      } else if (!wraps<sizes::Runs>(run)) {
        next = to_index<Beats + 1>(next + sizes::RunJump);
        read_at = around<Depth>(read_at, sizes::RunJump % Depth);
      } else if (!wraps<sizes::Turns>(turn)) {
        next = to_index<Beats + 1>(next + sizes::TurnJump - sizes::TurnBack);
        read_at = around<Depth>(read_at, (Depth + sizes::TurnJump - sizes::TurnBack) % Depth);
      } else {
        const bool last_col = wraps<sizes::OutW>(out_col);
        const bool last = last_col && wraps<sizes::OutH>(out_row);
        const unsigned long first = start + (last_col ? NextRow : NextCol);
        start = to_index<Beats + 1>(last ? Beats : first);
        start_at = around<Depth>(start_at, (last_col ? NextRow : NextCol) % Depth);
        next = start;
        read_at = start_at;
        limit = to_index<Beats + Depth>(last ? Beats : first + Depth);
      }
    }
    if (arrives) {
      buffer[write_at] = in.read();
      arrived = to_index<Beats + 1>(arrived + 1);
      wraps<Depth>(write_at);
    }
  }
  DF_TRIPS(sizes::Trips);
}

}  // namespace df
