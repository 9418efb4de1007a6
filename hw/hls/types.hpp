// Integers of a stated width, and beats of several of them.
//
// The same operators are compiled in three ways:
//   - Vitis HLS (synthesis, C simulation): ap_int types, the vendor's hls_stream.h;
//   - the exact build of the C++ simulation: ap_int types, every narrowing checked;
//   - the fast build (DF_PLAIN): the smallest built-in integer that holds the width.
// DF_CPPSIM is set in the latter two, and adds the hooks of stand_ins/hooks.hpp.
#pragma once

#include <hls_stream.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#ifndef DF_PLAIN
#include <ap_int.h>
#endif
#ifdef DF_CPPSIM
#include "stand_ins/hooks.hpp"
#endif

// Keeps a function from being inlined in simulation. g++ -O3 would inline it into the loop of an
// operator and unroll its short loop there, before it looks for vectors. Vitis HLS inlines it by a
// pragma.
#ifdef DF_CPPSIM
#define DF_NOINLINE __attribute__((noinline))
#else
#define DF_NOINLINE
#endif

namespace df {

// Smallest built-in integer of at least Bits bits.
template <unsigned Bits, bool Signed>
struct builtin {
  static_assert(Bits >= 1 && Bits <= 64, "df: a lane has 1 to 64 bits");
  using small = typename std::conditional<Bits <= 8, std::int8_t, std::int16_t>::type;
  using large = typename std::conditional<Bits <= 32, std::int32_t, std::int64_t>::type;
  using as_signed = typename std::conditional<Bits <= 16, small, large>::type;
  using type = typename std::conditional<Signed, as_signed,
                                         typename std::make_unsigned<as_signed>::type>::type;
};

// Element of constant tables. In synthesis an ap type, of which Vitis HLS makes a ROM of exactly
// Bits bits; in any simulation (the tool's own too) a built-in integer, because a C++ compiler runs
// one constructor an entry for class types. DF_AP_TABLES: as in synthesis, for tests (open ap_int
// headers refuse __SYNTHESIS__).
#if !defined(__SYNTHESIS__) && !defined(DF_AP_TABLES)
template <unsigned Bits, bool Signed>
using table_t = typename builtin<Bits, Signed>::type;
#else
template <unsigned Bits, bool Signed>
using table_t = typename std::conditional<Signed, ap_int<Bits>, ap_uint<Bits>>::type;
#endif

// Integer of Bits bits, two's complement if Signed.
#ifdef DF_PLAIN
template <unsigned Bits, bool Signed>
using lane_t = typename builtin<Bits, Signed>::type;
#else
template <unsigned Bits, bool Signed>
struct exact {
  static_assert(Bits >= 1 && Bits <= 64, "df: a lane has 1 to 64 bits");
  using type = typename std::conditional<Signed, ap_int<Bits>, ap_uint<Bits>>::type;
};
template <unsigned Bits, bool Signed>
using lane_t = typename exact<Bits, Signed>::type;
#endif

// One transfer of a stream: Lanes neighbouring channels, lane 0 in the least significant bits.
template <typename Lane, unsigned Lanes>
struct Beat {
  Lane lane[Lanes];
};

template <unsigned Bits, bool Signed, unsigned Lanes>
using beat_t = Beat<lane_t<Bits, Signed>, Lanes>;

template <unsigned Bits, bool Signed, unsigned Lanes>
using stream_t = hls::stream<beat_t<Bits, Signed, Lanes>>;

// Bits of a counter that takes the values 0 to Count - 1 (at least 1).
constexpr unsigned counter_bits(unsigned long Count) {
  return Count <= 2 ? 1 : 1 + counter_bits((Count + 1) / 2);
}

// Counter of 0 to Count - 1.
template <unsigned long Count>
using index_t = lane_t<counter_bits(Count), false>;

// value in Bits bits. With DF_CHECK_WIDTHS, a value that does not fit ends the program.
template <unsigned Bits, bool Signed, typename Value>
inline lane_t<Bits, Signed> narrow(const Value &value) {
#pragma HLS INLINE
#ifdef DF_CHECK_WIDTHS
  cppsim::check_width(static_cast<long long>(value), Bits, Signed);
#endif
  return static_cast<lane_t<Bits, Signed>>(value);
}

// value as a counter of 0 to Count - 1.
template <unsigned long Count>
inline index_t<Count> to_index(unsigned long value) {
#pragma HLS INLINE
  return narrow<counter_bits(Count), false>(value);
}

// Count on, from Count - 1 to 0; true in the latter case.
template <unsigned long Count>
inline bool wraps(index_t<Count> &counter) {
#pragma HLS INLINE
  const bool last = counter == Count - 1;
  counter = last ? index_t<Count>(0) : index_t<Count>(counter + 1);
  return last;
}

}  // namespace df

// For an array whose entries reach an output only after they were written. In hardware it is not
// cleared. In simulation it is filled with zeros, because compilers warn where they cannot see that
// an entry was written.
#ifdef DF_CPPSIM
#define DF_UNREAD = {}
#else
#define DF_UNREAD
#endif

// Calls for the simulation, empty elsewhere. DF_TRIPS at the end of an operator says how often its
// loop ran. The others stand around an operator in a generated top level and say which node runs,
// and what it read and wrote; DF_READ and DF_WROTE are for all inputs and outputs but the first.
#ifdef DF_CPPSIM
#define DF_TRIPS(count) ::df::cppsim::add_trips(count)
#define DF_BEGIN(name) ::df::cppsim::begin(#name)
#define DF_NODE(container, name, source, sink) \
  ::df::cppsim::node<container>(#name, source, sink)
#define DF_READ(source) ::df::cppsim::drained(source)
#define DF_WROTE(container, name, sink) ::df::cppsim::wrote<container>(#name, sink)
#else
#define DF_TRIPS(count)
#define DF_BEGIN(name)
#define DF_NODE(container, name, source, sink)
#define DF_READ(source)
#define DF_WROTE(container, name, sink)
#endif
