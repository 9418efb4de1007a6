// The two functions of LZ4 that Verilator's FST writer calls, so that waveforms need no library.
//
// The output is a valid LZ4 block made of one run of literals: nothing is compressed. The writer
// stores the original bytes wherever that is shorter.

#ifndef HW_SIM_LZ4_H
#define HW_SIM_LZ4_H

#include <cstdint>
#include <cstring>

inline int LZ4_compressBound(int size) { return size + size / 255 + 16; }

inline int LZ4_compress_default(const char* source, char* target, int size, int) {
    uint8_t* out = reinterpret_cast<uint8_t*>(target);
    if (size < 15) {
        *out++ = static_cast<uint8_t>(size << 4);
    } else {
        *out++ = 0xF0;
        int rest = size - 15;
        for (; rest >= 255; rest -= 255) *out++ = 255;
        *out++ = static_cast<uint8_t>(rest);
    }
    std::memcpy(out, source, size);
    return static_cast<int>(out + size - reinterpret_cast<uint8_t*>(target));
}

#endif
