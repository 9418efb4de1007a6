// A frame in memory, lines of any stride and place, as beats of pixels' bytes.
#pragma once

#include "types.hpp"

namespace df {

// Pixel formats, as the register has them.
constexpr unsigned FormatRgb = 0, FormatBgr = 1, FormatGrey = 2, FormatYuyv = 3;

// Bytes of a pixel; of YUYV on average.
inline unsigned pixel_bytes(unsigned format) {
#pragma HLS INLINE
  return format == FormatGrey ? 1 : format == FormatYuyv ? 2 : 3;
}

// Words of a line: those from the one with its first byte to the one with its last.
inline unsigned line_words(unsigned first, unsigned bytes) {
#pragma HLS INLINE
  return (first + bytes + 7) / 8;
}

// memory: words of 8 bytes, least significant first; the frame begins at byte `first` of it. out: of
// each of `height` lines of `bytes` bytes, `stride` bytes apart, the words from its first byte on;
// behind its last byte there is anything. A word a clock, nothing is carried but counters and a word.
template <unsigned MaxSide>
void frame_words(const std::uint64_t *memory, unsigned first, unsigned stride, unsigned height,
                 unsigned bytes, stream_t<64, false, 1> &out) {
  constexpr unsigned MaxWords = (3 * MaxSide + 14) / 8;
  index_t<MaxSide + 1> line = 0;
  index_t<MaxWords + 1> word = 0;
  std::uint64_t begin = first;  // the line's first byte
  std::uint64_t held = 0;
  while (line != height) {
#pragma HLS PIPELINE II = 1
    const unsigned place = static_cast<unsigned>(begin % 8);
    const unsigned words = line_words(place, bytes), wanted = line_words(0, bytes);
    const std::uint64_t now = word < words ? memory[begin / 8 + word] : 0;
    // the word before and this one, from the line's first byte on
    if (place == 0 || word != 0) {
      beat_t<64, false, 1> y;
      y.lane[0] = place == 0 ? now : held >> (8 * place) | now << (64 - 8 * place);
      out.write(y);
    }
    held = now;
    // from any other byte, one word more goes in than out, but for one at the line's end
    const bool last = word + 1U == (place == 0 ? wanted : wanted + 1);
    if (last) {
      begin += stride;
      line = to_index<MaxSide + 1>(line + 1UL);
    }
    word = last ? index_t<MaxWords + 1>(0) : to_index<MaxWords + 1>(word + 1UL);
  }
}

// in: of each line its words; out: of each line of `width` pixels beats of Lanes pixels' bytes, the
// first in lane 0; lanes behind these bytes hold anything. A beat a clock, or a word where a beat
// takes more; at most what two words hold waits, in registers.
template <unsigned Lanes, unsigned MaxSide>
void line_beats(unsigned format, unsigned width, unsigned height, stream_t<64, false, 1> &in,
                stream_t<8, false, 3 * Lanes> &out) {
  static_assert(Lanes == 2 || Lanes == 4, "line_beats: Lanes must be 2 or 4");
  constexpr unsigned Room = 3 * Lanes + 7;  // bytes that wait
  const unsigned beats = (width + Lanes - 1) / Lanes, taken = Lanes * pixel_bytes(format);
  lane_t<8, false> waiting[Room] = {};
#pragma HLS ARRAY_PARTITION variable = waiting type = complete
  index_t<Room + 1> level = 0;
  index_t<MaxSide + 1> line = 0, beat = 0;
  unsigned left = width * pixel_bytes(format);  // bytes of the line that have not come
  while (line != height) {
#pragma HLS PIPELINE II = 1
    if (level < taken && left != 0) {
      const beat_t<64, false, 1> x = in.read();
      const std::uint64_t word = static_cast<std::uint64_t>(x.lane[0]);
      for (unsigned place = 0; place < Room; ++place) {
#pragma HLS UNROLL
        for (unsigned byte = 0; byte < 8; ++byte) {
#pragma HLS UNROLL
          if (level + byte == place) waiting[place] = narrow<8, false>(word >> (8 * byte) & 255);
        }
      }
      level = to_index<Room + 1>(level + 8UL);
      left = left > 8 ? left - 8 : 0;
    }
    if (level >= taken || left == 0) {
      beat_t<8, false, 3 * Lanes> y;
      for (unsigned lane = 0; lane < 3 * Lanes; ++lane) {
#pragma HLS UNROLL
        y.lane[lane] = waiting[lane];
      }
      out.write(y);
      const bool last = beat + 1U == beats;
      beat = last ? index_t<MaxSide + 1>(0) : to_index<MaxSide + 1>(beat + 1UL);
      if (last) line = to_index<MaxSide + 1>(line + 1UL);
      for (unsigned place = 0; place < Room; ++place) {
#pragma HLS UNROLL
        const unsigned from = place + taken;
        waiting[place] = from < Room ? waiting[from] : lane_t<8, false>(0);
      }
      level = last || level < taken ? index_t<Room + 1>(0) : to_index<Room + 1>(level - taken);
      if (last) left = width * pixel_bytes(format);
    }
  }
}

}  // namespace df
