// A picture of any size, resized into a square with a border: what camera_path/resize.py says.
#pragma once

#include "resize_columns.hpp"
#include "resize_rows.hpp"
#include "types.hpp"

namespace df {

// Where a picture lies in its letterbox, in pixels of the square.
struct Placement {
  unsigned columns, rows, left, top;
};

// The longer side becomes Size, the other one its part of it, to the nearest pixel, halves up, at
// least 1; of what is left the smaller half is in front.
template <unsigned MaxOld, unsigned Size>
inline Placement letterbox_place(unsigned width, unsigned height) {
  constexpr unsigned QuotientBits = counter_bits(Size + 1UL);
  const bool is_wide = width >= height;
  const unsigned longest = is_wide ? width : height, shortest = is_wide ? height : width;
  static_assert(1ULL * MaxOld * Size + MaxOld / 2 < 1ULL << 32,
                "letterbox_place: the largest side times Size must fit 32 bits");
  unsigned rest = shortest * Size + longest / 2, part = 0;
  for (unsigned bit = QuotientBits; bit-- > 0;) {
#pragma HLS PIPELINE II = 1
    const std::uint64_t less = static_cast<std::uint64_t>(longest) << bit;
    if (rest >= less) {
      rest -= static_cast<unsigned>(less);
      part |= 1U << bit;
    }
  }
  if (part == 0) part = 1;
  const unsigned border = (Size - part) / 2;
  if (is_wide) return Placement{Size, part, 0, border};
  return Placement{part, Size, border, 0};
}

// in: `columns` x `rows` pixels; out: Size x Size, the picture from (left, top) on, Level around it.
// A pixel a clock; nothing is carried but counters.
template <unsigned Channels, unsigned Bits, unsigned Level, unsigned Size>
void letterbox_pad(unsigned columns, unsigned rows, unsigned left, unsigned top,
                   stream_t<Bits, false, Channels> &in, stream_t<Bits, false, Channels> &out) {
  static_assert(Level >> Bits == 0, "letterbox_pad: Level must fit Bits");
  constexpr unsigned long Trips = 1UL * Size * Size;
  index_t<Size> column = 0, row = 0;
  for (unsigned long trip = 0; trip < Trips; ++trip) {
#pragma HLS PIPELINE II = 1
    beat_t<Bits, false, Channels> y;
    for (unsigned c = 0; c < Channels; ++c) {
#pragma HLS UNROLL
      y.lane[c] = Level;
    }
    const unsigned x_place = static_cast<unsigned>(column), y_place = static_cast<unsigned>(row);
    if (x_place - left < columns && y_place - top < rows) y = in.read();
    out.write(y);
    if (wraps<Size>(column)) wraps<Size>(row);
  }
  DF_TRIPS(Trips);
}

// in: `height` lines of `width` pixels, Lanes a beat; what is behind the last pixel of a line's last
// beat is dropped. out: the square's Size x Size pixels. Depth: beats held between the two axes.
template <unsigned Lanes, unsigned Channels, unsigned Bits, unsigned MaxOld, unsigned Size,
          unsigned Level, unsigned Depth>
void letterbox(unsigned width, unsigned height, Placement where,
               stream_t<Bits, false, Lanes * Channels> &in, stream_t<Bits, false, Channels> &out) {
#pragma HLS DATAFLOW
  static_assert(Lanes >= 1 && (Lanes & (Lanes - 1)) == 0,
                "letterbox: Lanes must be a power of two");
  constexpr unsigned TotalBits = resize_total_bits(MaxOld, Size);
  stream_t<TotalBits, false, 1> totals("totals");
#pragma HLS STREAM variable = totals depth = 2
#pragma HLS AGGREGATE variable = totals compact = bit
  stream_t<Bits + TotalBits, false, Lanes * Channels> sums("sums");
#pragma HLS STREAM variable = sums depth = Depth
#pragma HLS AGGREGATE variable = sums compact = bit
  stream_t<Bits, false, Channels> resized("resized");
#pragma HLS STREAM variable = resized depth = 2
#pragma HLS AGGREGATE variable = resized compact = bit
  resize_rows<Lanes, Channels, Bits, MaxOld, Size, TotalBits>((width + Lanes - 1) / Lanes, height,
                                                              where.rows, in, totals, sums);
  resize_columns<Lanes, Channels, Bits, MaxOld, Size, TotalBits>(width, where.columns, where.rows,
                                                                 totals, sums, resized);
  letterbox_pad<Channels, Bits, Level, Size>(where.columns, where.rows, where.left, where.top,
                                             resized, out);
}

}  // namespace df
