// Levels of a stream by multiplication and shift: of p = factor*in >> Drop and each offset
// (p + offset) >> Shift, added up, held within Low and High.
#pragma once

#include "memory_style.hpp"
#include "types.hpp"

namespace df {

// Lowest bits of a value that are multiplied by themselves where a whole product is too wide.
constexpr unsigned RequantSplit = 16;

constexpr unsigned requant_max(unsigned a, unsigned b) { return a > b ? a : b; }

// Bits of a value times a factor, two's complement.
constexpr unsigned requant_product_bits(unsigned value_bits, unsigned factor_bits) {
  return value_bits + factor_bits + 2;
}

// Whether products have more bits than a lane can.
constexpr bool requant_is_split(unsigned value_bits, unsigned factor_bits, unsigned drop) {
  return requant_product_bits(value_bits, factor_bits) > 64 && drop >= RequantSplit;
}

// factor * value >> Drop, whole, or of the value's highest bits and of its lowest.
template <bool Split>
struct requant_product {
  template <unsigned ValueBits, unsigned FactorBits, unsigned Drop, typename Value, typename Factor>
  static long long dropped(const Value &value, const Factor &factor) {
#pragma HLS INLINE
    constexpr unsigned Bits = requant_product_bits(ValueBits, FactorBits);
    const lane_t<Bits, true> wide = value;
    const lane_t<Bits, true> product = wide * static_cast<lane_t<Bits, true>>(factor);
    return static_cast<long long>(product) >> Drop;
  }
};

template <>
struct requant_product<true> {
  template <unsigned ValueBits, unsigned FactorBits, unsigned Drop, typename Value, typename Factor>
  static long long dropped(const Value &value, const Factor &factor) {
#pragma HLS INLINE
    const long long whole = static_cast<long long>(value);
    const long long times = static_cast<long long>(factor);
    const long long low = times * (whole & ((1LL << RequantSplit) - 1)) >> RequantSplit;
    return (times * (whole >> RequantSplit) + low) >> (Drop - RequantSplit);
  }
};

constexpr unsigned long requant_trips(unsigned channels, unsigned lanes, unsigned long pixels) {
  return pixels * (channels / lanes);
}

// in: Pixels pixels of Channels / Lanes beats of Lanes values of InBits bits; lane l of beat f of a
// pixel is channel f*Lanes + l. out: as many beats of OutBits bits.
// factors: [f][l] of channel f*Lanes + l, unsigned; offsets: likewise, two's complement; of one row
// for all f where Rows is 1. RamStyle: of the tables (memory_style.hpp). One beat a clock.
template <unsigned Lanes, unsigned InBits, bool InSigned, unsigned OutBits, bool OutSigned,
          long long Low, long long High, unsigned Channels, unsigned Rows, unsigned FactorBits,
          unsigned OffsetBits, unsigned Offsets, unsigned Drop, unsigned Shift, unsigned RamStyle,
          unsigned long Pixels>
void stream_requant(stream_t<InBits, InSigned, Lanes> &in, stream_t<OutBits, OutSigned, Lanes> &out,
                    const table_t<FactorBits, false> (&factors)[Rows][Lanes],
                    const table_t<OffsetBits, true> (&offsets)[Rows][Lanes][Offsets]) {
#pragma HLS FUNCTION_INSTANTIATE variable = factors
#pragma HLS FUNCTION_INSTANTIATE variable = offsets
#pragma HLS ARRAY_RESHAPE variable = factors type = complete dim = 2
#pragma HLS ARRAY_RESHAPE variable = offsets type = complete dim = 2
#pragma HLS ARRAY_RESHAPE variable = offsets type = complete dim = 3
  static_assert(Channels % Lanes == 0, "stream_requant: Lanes must divide Channels");
  static_assert(Rows == 1 || Rows == Channels / Lanes,
                "stream_requant: Rows must be 1 or Channels / Lanes");
  static_assert(Offsets == 1 || Offsets == 2, "stream_requant: Offsets must be 1 or 2");
  memory_style<RamStyle>::rom(factors);
  memory_style<RamStyle>::rom(offsets);
  constexpr unsigned Folds = Channels / Lanes;  // beats a pixel
  constexpr unsigned long Trips = requant_trips(Channels, Lanes, Pixels);
  constexpr bool Split = requant_is_split(InBits, FactorBits, Drop);
  index_t<Folds> fold = 0;
  for (unsigned long beat = 0; beat < Trips; ++beat) {
#pragma HLS PIPELINE II = 1
    const beat_t<InBits, InSigned, Lanes> x = in.read();
    const unsigned row = Rows == 1 ? 0 : static_cast<unsigned>(fold);
    beat_t<OutBits, OutSigned, Lanes> y;
    for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
      const long long product =
          requant_product<Split>::template dropped<InBits, FactorBits, Drop>(x.lane[lane],
                                                                            factors[row][lane]);
      long long level = 0;
      for (unsigned part = 0; part < Offsets; ++part) {
#pragma HLS UNROLL
        level += (product + static_cast<long long>(offsets[row][lane][part])) >> Shift;
      }
      y.lane[lane] = narrow<OutBits, OutSigned>(level < Low ? Low : level > High ? High : level);
    }
    out.write(y);
    wraps<Folds>(fold);
  }
  DF_TRIPS(Trips);
}

}  // namespace df
