// How many of a channel's thresholds a value reaches (threshold <= value): part of operators.
#pragma once

#include "types.hpp"

namespace df {

// Most thresholds that are compared at once; more are searched by halving.
constexpr unsigned ParallelThresholds = 15;

constexpr unsigned threshold_count_bits(unsigned thresholds) {
  return counter_bits(thresholds + 1UL);
}

// Bits of a two's complement number that holds both a value and a threshold.
constexpr unsigned compare_bits(unsigned value_bits, bool value_signed, unsigned bits) {
  return value_bits + (value_signed ? 0 : 1) > bits ? value_bits + (value_signed ? 0 : 1) : bits;
}

// thresholds: Thresholds of them, ascending, of Bits bits, two's complement.
//
// Up to ParallelThresholds have a comparator each, whose results are added. More are searched: the
// count is found bit by bit, the most significant first, by comparing with the middle one of the
// thresholds that are left. This takes as many comparators as the count has bits. The lower bits of
// the middle one's index are constants, so step j selects one of 2^j thresholds.
template <unsigned ValueBits, bool ValueSigned, unsigned Bits, unsigned Thresholds>
lane_t<threshold_count_bits(Thresholds), false> threshold_count(
    const lane_t<ValueBits, ValueSigned> &value,
    const table_t<Bits, true> (&thresholds)[Thresholds]) {
#pragma HLS INLINE
  constexpr unsigned CountBits = threshold_count_bits(Thresholds);
  const lane_t<compare_bits(ValueBits, ValueSigned, Bits), true> wide = value;
  unsigned count = 0;  // of CountBits bits
  if (Thresholds <= ParallelThresholds) {
    for (unsigned i = 0; i < Thresholds; ++i) {
#pragma HLS UNROLL
      count += thresholds[i] <= wide ? 1 : 0;
    }
  } else {
    for (unsigned step = 0; step < CountBits; ++step) {
#pragma HLS UNROLL
      const unsigned half = 1U << (CountBits - 1 - step);  // what the step's bit counts for
      const unsigned middle = count | (half - 1);
      if (middle < Thresholds && thresholds[middle] <= wide) count |= half;
    }
  }
  return narrow<CountBits, false>(count);
}

}  // namespace df
