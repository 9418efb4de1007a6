// Joins or splits the beats of a stream, first lane first; any two numbers of lanes.
#pragma once

#include "types.hpp"

namespace df {

// Greatest common divisor.
constexpr unsigned common_divisor(unsigned a, unsigned b) {
  return b == 0 ? a : common_divisor(b, a % b);
}

// in: Elements / InLanes beats; out: Elements / OutLanes beats.
//
// Lanes wait in a row of registers. The narrower side moves one beat in every trip. The wider side
// moves one when enough lanes wait for a beat out, or too few wait and a beat has to come in. So
// nothing is left behind at the end of a frame, and a ratio that is no integer takes no memory of
// the least common multiple of both sides.
//
// Two things are carried from trip to trip: the number of waiting lanes, in units of the common
// divisor, and the lanes. Each lane passes a multiplexer with one input for every place at which
// the first lane of a beat may come in: 1 where beats are split, OutLanes / InLanes where they are
// joined.
template <unsigned InLanes, unsigned OutLanes, unsigned Bits, bool IsSigned, unsigned long Elements>
void stream_width_converter(stream_t<Bits, IsSigned, InLanes> &in,
                            stream_t<Bits, IsSigned, OutLanes> &out) {
  static_assert(InLanes >= 1 && OutLanes >= 1, "stream_width_converter: lanes must be at least 1");
  static_assert(Elements % InLanes == 0 && Elements % OutLanes == 0,
                "stream_width_converter: the frame must hold whole beats on both sides");
  constexpr unsigned long Trips = Elements / (InLanes < OutLanes ? InLanes : OutLanes);
  constexpr unsigned Unit = common_divisor(InLanes, OutLanes);
  constexpr unsigned InUnits = InLanes / Unit, OutUnits = OutLanes / Unit;
  constexpr unsigned Held = InUnits + OutUnits - 1;  // units, at most
  lane_t<Bits, IsSigned> waiting[Held * Unit] DF_UNREAD;
#pragma HLS ARRAY_PARTITION variable = waiting type = complete
  index_t<Held + 1> level = 0;  // units waiting
  for (unsigned long trip = 0; trip < Trips; ++trip) {
#pragma HLS PIPELINE II = 1
    if (InLanes <= OutLanes || level < OutUnits) {
      const beat_t<Bits, IsSigned, InLanes> x = in.read();
      for (unsigned place = 0; place < OutUnits; ++place) {
#pragma HLS UNROLL
        if (level == place) {
          for (unsigned lane = 0; lane < InLanes; ++lane) {
#pragma HLS UNROLL
            waiting[place * Unit + lane] = x.lane[lane];
          }
        }
      }
      level = to_index<Held + 1>(level + InUnits);
    }
    if (InLanes >= OutLanes || level >= OutUnits) {
      beat_t<Bits, IsSigned, OutLanes> y;
      for (unsigned lane = 0; lane < OutLanes; ++lane) {
#pragma HLS UNROLL
        y.lane[lane] = waiting[lane];
      }
      for (unsigned lane = 0; lane + OutLanes < Held * Unit; ++lane) {
#pragma HLS UNROLL
        waiting[lane] = waiting[lane + OutLanes];
      }
      out.write(y);
      level = to_index<Held + 1>(level - OutUnits);
    }
  }
  DF_TRIPS(Trips);
}

}  // namespace df
