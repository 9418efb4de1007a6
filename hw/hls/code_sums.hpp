// Sums over the lanes of a beat of value times weight code, for several rows: part of mvau.hpp.
#pragma once

#include "types.hpp"

namespace df {

constexpr unsigned bit_length(unsigned long long value) {
  return value == 0 ? 0 : 1 + bit_length(value / 2);
}

// Greatest magnitude of an integer of bits bits.
constexpr unsigned long long lane_magnitude(unsigned bits, bool is_signed) {
  return is_signed ? 1ULL << (bits - 1) : (1ULL << bits) - 1;
}

// Bits of integers of the given greatest magnitude, of which -magnitude may occur if signed.
constexpr unsigned magnitude_bits(unsigned long long magnitude, bool is_signed) {
  return is_signed ? 1 + bit_length(magnitude - 1) : bit_length(magnitude);
}

// Bits of the sum of terms integers of bits bits.
constexpr unsigned sum_bits(unsigned bits, bool is_signed, unsigned long long terms) {
  return magnitude_bits(terms * lane_magnitude(bits, is_signed), is_signed);
}

// Bits of sum(k*a) over one beat.
constexpr unsigned code_sum_bits(unsigned a_bits, bool a_signed, unsigned simd, unsigned w_bits) {
  return magnitude_bits(simd * lane_magnitude(a_bits, a_signed) * lane_magnitude(w_bits, false),
                        a_signed);
}

// Sum of the activations whose code has a bit set.
//
// Unrolled, a chain of additions of one width, the least that holds every sum of SIMD lanes: Vitis
// HLS balances it to a tree, and a C++ compiler adds as many lanes at once as its vectors hold.
template <unsigned SIMD, unsigned ABits, bool ASigned, unsigned WBits>
DF_NOINLINE lane_t<sum_bits(ABits, ASigned, SIMD), ASigned> masked_sum(
    const beat_t<ABits, ASigned, SIMD> &x, const table_t<WBits, false> (&codes)[SIMD],
    unsigned bit) {
#pragma HLS INLINE
  constexpr unsigned Bits = sum_bits(ABits, ASigned, SIMD);
  lane_t<Bits, ASigned> sum = 0;
  for (unsigned s = 0; s < SIMD; ++s) {
#pragma HLS UNROLL
    const int chosen = static_cast<int>(codes[s] >> bit) & 1;
    const lane_t<ABits, ASigned> mask = static_cast<lane_t<ABits, ASigned>>(-chosen);
    sum = narrow<Bits, ASigned>(sum + (x.lane[s] & mask));
  }
  return sum;
}

// sum(k*a) of a beat: the masked sums of the code's bits, shifted.
template <unsigned SIMD, unsigned ABits, bool ASigned, unsigned WBits>
lane_t<code_sum_bits(ABits, ASigned, SIMD, WBits), ASigned> code_sum(
    const beat_t<ABits, ASigned, SIMD> &x, const table_t<WBits, false> (&codes)[SIMD]) {
#pragma HLS INLINE
  constexpr unsigned Bits = code_sum_bits(ABits, ASigned, SIMD, WBits);
  lane_t<Bits, ASigned> sum = 0;
  for (unsigned bit = 0; bit < WBits; ++bit) {
#pragma HLS UNROLL
    const lane_t<Bits, ASigned> part = masked_sum<SIMD, ABits, ASigned, WBits>(x, codes, bit);
    const lane_t<WBits + 1, true> place = 1L << bit;  // a constant once unrolled: a shift
    sum = narrow<Bits, ASigned>(sum + part * place);
  }
  return sum;
}

// Of a set of rows: code sums of the rows from first on, one after another.
template <bool Products>
struct code_products {
  template <unsigned SIMD, unsigned Rows, unsigned ABits, bool ASigned, unsigned WBits,
            unsigned PE>
  static void sums(const beat_t<ABits, ASigned, SIMD> &x,
                   const table_t<WBits, false> (&codes)[PE][SIMD], unsigned first,
                   lane_t<code_sum_bits(ABits, ASigned, SIMD, WBits), ASigned> (&found)[PE]) {
#pragma HLS INLINE
    for (unsigned r = 0; r < Rows; ++r) {
#pragma HLS UNROLL
      found[first + r] = code_sum<SIMD, ABits, ASigned, WBits>(x, codes[first + r]);
    }
  }
};

// By multipliers in DSP slices, as hw/rtl/lane_products.sv: one multiplies a value by a word of
// several rows' codes, so far apart that no product reaches into the next one. A product below zero
// takes one from the next, which is given back. A word has at most 24 bits, a value 17 and a sign.
template <>
struct code_products<true> {
  template <unsigned SIMD, unsigned Rows, unsigned ABits, bool ASigned, unsigned WBits,
            unsigned PE>
  static void sums(const beat_t<ABits, ASigned, SIMD> &x,
                   const table_t<WBits, false> (&codes)[PE][SIMD], unsigned first,
                   lane_t<code_sum_bits(ABits, ASigned, SIMD, WBits), ASigned> (&found)[PE]) {
#pragma HLS INLINE
    static_assert(WBits >= 2 && WBits <= 24, "mvau: Products needs codes of 2 to 24 bits");
    static_assert(ABits <= (ASigned ? 18 : 17), "mvau: Products needs at most 17 bits and a sign");
    constexpr unsigned Bits = code_sum_bits(ABits, ASigned, SIMD, WBits);
    constexpr unsigned Apart = ABits + WBits;            // bits of a product
    constexpr unsigned Fit = (24 - WBits) / Apart + 1;   // codes of a word
    constexpr unsigned WordBits = (Fit - 1) * Apart + WBits;
    constexpr unsigned Words = (Rows + Fit - 1) / Fit;
    for (unsigned r = 0; r < Rows; ++r) {
#pragma HLS UNROLL
      found[first + r] = 0;
    }
    for (unsigned w = 0; w < Words; ++w) {
#pragma HLS UNROLL
      for (unsigned s = 0; s < SIMD; ++s) {
#pragma HLS UNROLL
        long long word = 0;
        for (unsigned c = 0; c < Fit; ++c) {
#pragma HLS UNROLL
          const unsigned row = w * Fit + c;
          if (row < Rows) word |= static_cast<long long>(codes[first + row][s]) << (c * Apart);
        }
        const lane_t<WordBits + 1, true> factor = narrow<WordBits + 1, true>(word);
        const lane_t<WordBits + ABits + 1, true> value = x.lane[s];
        const lane_t<WordBits + ABits + 1, true> product =
            narrow<WordBits + ABits + 1, true>(value * factor);
#pragma HLS BIND_OP variable = product op = mul impl = dsp
        const long long all = static_cast<long long>(product);
        for (unsigned c = 0; c < Fit; ++c) {
#pragma HLS UNROLL
          const unsigned row = w * Fit + c;
          const long long half = ASigned ? 1LL << (Apart - 1) : 0;
          const long long part = (((all >> (c * Apart)) & ((1LL << Apart) - 1)) ^ half) - half;
          const long long taken = ASigned && c > 0 ? (all >> (c * Apart - 1)) & 1 : 0;
          if (row < Rows) {
            found[first + row] = narrow<Bits, ASigned>(found[first + row] + part + taken);
          }
        }
      }
    }
  }
};

}  // namespace df
