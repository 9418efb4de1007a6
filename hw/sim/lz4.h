// The two functions of LZ4 that Verilator's FST writer calls, so that waveforms need no library.
//
// A greedy compressor of LZ4's block format: sequences of literals and of matches at most 65,535
// bytes back, found by a hash of four bytes. As the format demands, the last five bytes are
// literals and no match begins in the last twelve.

#ifndef HW_SIM_LZ4_H
#define HW_SIM_LZ4_H

#include <cstdint>
#include <cstring>
#include <vector>

inline int LZ4_compressBound(int size) { return size + size / 255 + 16; }

namespace hw_lz4 {

inline uint32_t read32(const uint8_t* at) {
    uint32_t value;
    std::memcpy(&value, at, 4);
    return value;
}

inline void put_rest(uint8_t*& out, int rest) {
    for (; rest >= 255; rest -= 255) *out++ = 255;
    *out++ = static_cast<uint8_t>(rest);
}

// Literals from..to, then (length > 0) a match of length bytes, offset bytes back
inline void sequence(uint8_t*& out, const uint8_t* from, const uint8_t* to, int offset, int length) {
    const int literals = static_cast<int>(to - from);
    const int match = length ? length - 4 : 0;
    *out++ = static_cast<uint8_t>((literals < 15 ? literals : 15) << 4 | (match < 15 ? match : 15));
    if (literals >= 15) put_rest(out, literals - 15);
    std::memcpy(out, from, literals);
    out += literals;
    if (!length) return;
    *out++ = static_cast<uint8_t>(offset);
    *out++ = static_cast<uint8_t>(offset >> 8);
    if (match >= 15) put_rest(out, match - 15);
}

}  // namespace hw_lz4

inline int LZ4_compress_default(const char* source, char* target, int size, int) {
    const uint8_t* in = reinterpret_cast<const uint8_t*>(source);
    uint8_t* out = reinterpret_cast<uint8_t*>(target);
    std::vector<int> last(1 << 14, -1);
    int anchor = 0;
    for (int at = 0; at < size - 12;) {
        const uint32_t word = hw_lz4::read32(in + at);
        int& slot = last[word * 2654435761u >> 18];
        const int found = slot;
        slot = at;
        if (found < 0 || at - found > 65535 || hw_lz4::read32(in + found) != word) {
            ++at;
            continue;
        }
        int length = 4;
        while (at + length < size - 5 && in[found + length] == in[at + length]) ++length;
        hw_lz4::sequence(out, in + anchor, in + at, at - found, length);
        at += length;
        anchor = at;
    }
    hw_lz4::sequence(out, in + anchor, in + size, 0, 0);
    return static_cast<int>(out - reinterpret_cast<uint8_t*>(target));
}

#endif
