// The two functions of zlib that Verilator's FST writer calls, so that waveforms need no library.
//
// The output is a valid zlib stream of stored blocks: nothing is compressed. The writer stores the
// original bytes wherever that is shorter.

#ifndef HW_SIM_ZLIB_H
#define HW_SIM_ZLIB_H

#include <cstdint>
#include <cstring>

typedef unsigned char Bytef;
typedef unsigned long uLong;
typedef unsigned long uLongf;
#define Z_OK 0

inline uLong compressBound(uLong size) { return size + 5 * (size / 65535 + 1) + 6; }

inline int compress2(Bytef* target, uLongf* target_size, const Bytef* source, uLong size, int) {
    Bytef* out = target;
    *out++ = 0x78;
    *out++ = 0x01;
    uLong done = 0;
    do {
        const uLong block = size - done < 65535 ? size - done : 65535;
        *out++ = done + block == size;
        *out++ = static_cast<Bytef>(block);
        *out++ = static_cast<Bytef>(block >> 8);
        *out++ = static_cast<Bytef>(~block);
        *out++ = static_cast<Bytef>(~block >> 8);
        std::memcpy(out, source + done, block);
        out += block;
        done += block;
    } while (done < size);
    uint32_t a = 1, b = 0;
    for (uLong i = 0; i < size; ++i) {
        a = (a + source[i]) % 65521;
        b = (b + a) % 65521;
    }
    const uint32_t adler = (b << 16) | a;
    for (int shift = 24; shift >= 0; shift -= 8) *out++ = static_cast<Bytef>(adler >> shift);
    *target_size = static_cast<uLongf>(out - target);
    return Z_OK;
}

#endif
