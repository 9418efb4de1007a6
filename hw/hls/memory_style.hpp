// Which memory of the FPGA an array becomes: the RamStyle argument of operators.
#pragma once

#include "types.hpp"

namespace df {

// Values of RamStyle.
constexpr unsigned StyleAuto = 0;         // the tool chooses
constexpr unsigned StyleBlock = 1;        // block RAM
constexpr unsigned StyleDistributed = 2;  // LUTs

// There is one function for each style, because a pragma takes no template argument as impl. It is
// inlined into the function that declares the array.
template <unsigned Style>
struct memory_style {
  static_assert(Style == StyleAuto, "df: RamStyle is 0 (auto), 1 (block) or 2 (distributed)");
  // Constant table, one read a clock.
  template <typename Table>
  static void rom(const Table &table) {
#pragma HLS INLINE
#pragma HLS BIND_STORAGE variable = table type = rom_1p
    (void)table;
  }
  // Memory of one write and one read a clock.
  template <typename Memory>
  static void ram(Memory &memory) {
#pragma HLS INLINE
#pragma HLS BIND_STORAGE variable = memory type = ram_s2p
    (void)memory;
  }
};

template <>
struct memory_style<StyleBlock> {
  template <typename Table>
  static void rom(const Table &table) {
#pragma HLS INLINE
#pragma HLS BIND_STORAGE variable = table type = rom_1p impl = bram
    (void)table;
  }
  // Memory of one write and one read a clock.
  template <typename Memory>
  static void ram(Memory &memory) {
#pragma HLS INLINE
#pragma HLS BIND_STORAGE variable = memory type = ram_s2p impl = bram
    (void)memory;
  }
};

template <>
struct memory_style<StyleDistributed> {
  template <typename Table>
  static void rom(const Table &table) {
#pragma HLS INLINE
#pragma HLS BIND_STORAGE variable = table type = rom_1p impl = lutram
    (void)table;
  }
  // Memory of one write and one read a clock.
  template <typename Memory>
  static void ram(Memory &memory) {
#pragma HLS INLINE
#pragma HLS BIND_STORAGE variable = memory type = ram_s2p impl = lutram
    (void)memory;
  }
};

}  // namespace df
