// AXI-Stream ports of a generated top level: beats as words, laid out as the RTL top level's TDATA.
//
// Lane 0 stands in the least significant bits, lane after lane without a gap, the last byte is
// filled with zeros. A struct of lanes could not stand at the port: on axis, Vitis HLS pads every
// member to whole bytes (UG1399 allows AGGREGATE compact=bit on no AXI interface).
#pragma once

#include "types.hpp"

namespace df {

constexpr unsigned port_bytes(unsigned Bits, unsigned Lanes) { return (Bits * Lanes + 7) / 8; }

#ifdef DF_CPPSIM
// Little-endian, as hw/sim/beats.py packs beats.
template <unsigned Bytes>
struct word_t {
  std::uint8_t byte[Bytes];
};

template <unsigned Bytes>
inline word_t<Bytes> zero_word() {
  return word_t<Bytes>{};
}

template <unsigned Bits, unsigned Bytes>
inline unsigned long long get_lane(const word_t<Bytes> &word, unsigned lane) {
  unsigned long long value = 0;
  for (unsigned bit = 0; bit < Bits; ++bit) {
    const unsigned place = lane * Bits + bit;
    value |= static_cast<unsigned long long>(word.byte[place / 8] >> place % 8 & 1) << bit;
  }
  return value;
}

template <unsigned Bits, unsigned Bytes>
inline void set_lane(word_t<Bytes> &word, unsigned lane, unsigned long long value) {
  for (unsigned bit = 0; bit < Bits; ++bit) {
    const unsigned place = lane * Bits + bit;
    const unsigned rest = word.byte[place / 8] & ~(1U << place % 8);
    word.byte[place / 8] =
        static_cast<std::uint8_t>(rest | static_cast<unsigned>(value >> bit & 1) << place % 8);
  }
}
#else
template <unsigned Bytes>
using word_t = ap_uint<8 * Bytes>;

// word_t<Bytes>() would leave the padding bits undefined.
template <unsigned Bytes>
inline word_t<Bytes> zero_word() {
#pragma HLS INLINE
  return word_t<Bytes>(0);
}

template <unsigned Bits, unsigned Bytes>
inline unsigned long long get_lane(const ap_uint<8 * Bytes> &word, unsigned lane) {
#pragma HLS INLINE
  const ap_uint<Bits> raw = word.range(lane * Bits + Bits - 1, lane * Bits);
  return raw.to_uint64();
}

template <unsigned Bits, unsigned Bytes>
inline void set_lane(ap_uint<8 * Bytes> &word, unsigned lane, unsigned long long value) {
#pragma HLS INLINE
  word.range(lane * Bits + Bits - 1, lane * Bits) = ap_uint<Bits>(value);
}
#endif

template <unsigned Bits, unsigned Lanes>
using port_t = hls::stream<word_t<port_bytes(Bits, Lanes)>>;

// The low Bits bits of raw as an integer, two's complement if Signed.
template <unsigned Bits, bool Signed>
inline long long from_raw(unsigned long long raw) {
#pragma HLS INLINE
  constexpr unsigned long long Sign = 1ULL << (Bits - 1);
  return static_cast<long long>(Signed ? (raw ^ Sign) - Sign : raw);
}

// One frame from a port. One beat a clock: nothing is carried from trip to trip.
template <unsigned Bits, bool Signed, unsigned Lanes, unsigned long Beats>
void read_port(port_t<Bits, Lanes> &in, stream_t<Bits, Signed, Lanes> &out) {
  constexpr unsigned Bytes = port_bytes(Bits, Lanes);
  for (unsigned long beat = 0; beat < Beats; ++beat) {
#pragma HLS PIPELINE II = 1
    const word_t<Bytes> word = in.read();
    beat_t<Bits, Signed, Lanes> x;
    for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
      x.lane[lane] = static_cast<lane_t<Bits, Signed>>(
          from_raw<Bits, Signed>(get_lane<Bits, Bytes>(word, lane)));
    }
    out.write(x);
  }
}

// One frame to a port. One beat a clock.
template <unsigned Bits, bool Signed, unsigned Lanes, unsigned long Beats>
void write_port(stream_t<Bits, Signed, Lanes> &in, port_t<Bits, Lanes> &out) {
  constexpr unsigned Bytes = port_bytes(Bits, Lanes);
  for (unsigned long beat = 0; beat < Beats; ++beat) {
#pragma HLS PIPELINE II = 1
    const beat_t<Bits, Signed, Lanes> x = in.read();
    word_t<Bytes> word = zero_word<Bytes>();
    for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
      set_lane<Bits, Bytes>(
          word, lane, static_cast<unsigned long long>(static_cast<long long>(x.lane[lane])));
    }
    out.write(word);
  }
}

}  // namespace df
