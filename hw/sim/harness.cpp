// One harness for every stitched design: drives inputs and outputs, records all streams.
//
// streams.h is generated for the design: a table of streams and FIFOs with pointers into the
// model. A clock is: rising edge, then new inputs, then falling edge; what valid, ready and data
// show then is what the next rising edge sees, and is where transfers are counted.
//
// Arguments: key=value pairs, see main. Output: <out>/<wire>.bin and <out>/result.json.

#include <chrono>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "Vtop.h"
#include "Vtop___024root.h"
#include "verilated.h"
#if VM_TRACE_FST
#include "verilated_fst_c.h"
#endif

#include "harness_streams.hpp"

struct Entry {  // one row of the generated table
    const char* wire;
    Kind kind;
    uint32_t bytes;
    uint64_t frame_beats;
    uint8_t* valid;
    uint8_t* ready;
    uint8_t* data;
};

struct FifoEntry {
    int in_stream;
    int out_stream;
};

#include "streams.h"

// Words that are written over the load bus behind the first frames, and then read back; where they
// are another size of the image, a reset follows
struct Load {
    std::vector<uint8_t> bytes;  // address and word of each, 32 bits
    uint64_t after = 0;          // frames
    uint64_t step = 0, mismatches = 0, first_address = 0, reset = 0;
    static constexpr uint64_t kLatency = 3;  // clocks from an address to its word (load_port.sv)

    uint64_t words() const { return bytes.size() / 8; }
    uint32_t number(uint64_t word, int half) const {
        uint32_t value;
        memcpy(&value, &bytes[word * 8 + 4 * half], 4);
        return value;
    }
    uint64_t loaded() const { return 2 * words() + kLatency; }
    bool done() const { return bytes.empty() || step >= loaded() + reset; }
    // What the bus answers to the address of kLatency clocks before; then the next access
    void clock(Vtop* top);
};

void Load::clock(Vtop* top) {
    const uint64_t count = words();
    if (step >= loaded()) {
        top->ap_rst_n = step + 1 == loaded() + reset;
        ++step;
        return;
    }
    if (step >= count + kLatency) {
        const uint64_t word = step - count - kLatency;
        if (loaded_word(top) != number(word, 1) && !mismatches++) first_address = number(word, 0);
    }
    ++step;
    if (step - 1 < count)
        drive_load(top, true, true, number(step - 1, 0), number(step - 1, 1));
    else if (step - 1 < 2 * count)
        drive_load(top, true, false, number(step - 1 - count, 0), 0);
    else
        drive_load(top, false, false, 0, 0);
}

int main(int argc, char** argv) {
    // in, out: folders; frames; seed; idle, stall: probabilities; record: all or outputs;
    // stuck: clocks without a transfer; max: clocks in all (0: no bound); drain: clocks after the
    // last expected transfer; load: file of words for the load bus, written when so many frames as
    // load_after are through, before the next one begins; load_beats: file of the beats of a later
    // frame, 64 bits a stream; waves: FST file, of wave_clocks clocks from wave_start on (0: of all)
    std::map<std::string, std::string> args{{"in", "."},     {"out", "."},   {"frames", "1"},
                                            {"seed", "0"},   {"idle", "0"},  {"stall", "0"},
                                            {"record", "all"}, {"stuck", "100000"}, {"max", "0"},
                                            {"drain", "64"}, {"waves", ""},
                                            {"load", ""}, {"load_after", "0"}, {"load_beats", ""},
                                            {"wave_start", "0"}, {"wave_clocks", "0"}};
    for (int i = 1; i < argc; ++i) {
        const char* equals = strchr(argv[i], '=');
        if (equals) args[std::string(argv[i], equals - argv[i])] = equals + 1;
    }
    const auto number = [&](const char* key) { return strtoull(args[key].c_str(), nullptr, 10); };
    const uint64_t frames = number("frames"), seed = number("seed"), stuck = number("stuck");
    const uint64_t max_clocks = number("max"), drain = number("drain");

    auto context = std::make_unique<VerilatedContext>();
    context->randReset(2);
    context->randSeed(static_cast<int>(seed % 0x7FFFFFFF) + 1);
    auto top = std::make_unique<Vtop>(context.get());
#if VM_TRACE_FST
    context->traceEverOn(true);
    VerilatedFstC waves;
    top->trace(&waves, 99);
    waves.open(args["waves"].c_str());
#endif

    Entry entries[kStreams];
    bind_streams(top.get(), entries);
    std::vector<Stream> streams(kStreams);
    std::vector<Driver> drivers;
    std::vector<Sink> sinks;
    std::vector<uint8_t> later;
    if (!args["load_beats"].empty()) later = read_file(args["load_beats"]);
    const uint64_t load_after = number("load_after");
    int remaining = 0, unfinished = 0;  // edge streams, all streams short of their beats
    for (int i = 0; i < kStreams; ++i) {
        const Entry& entry = entries[i];
        Stream& s = streams[i];
        s.valid = entry.valid;
        s.ready = entry.ready;
        s.data = entry.data;
        s.bytes = entry.bytes;
        s.kind = entry.kind;
        s.frame_beats = entry.frame_beats;
        s.later_beats = entry.frame_beats;
        if (!later.empty()) memcpy(&s.later_beats, &later[8 * i], 8);
        s.before = entry.frame_beats * load_after;
        s.expected = s.before + s.later_beats * (frames - load_after);
        if (!s.before) s.frame_beats = s.later_beats;
        s.kept.resize(s.bytes);
        if (s.kind != INTERNAL) ++remaining;
        unfinished += s.expected > 0;
        if (s.kind == INPUT) {
            auto beats = read_file(args["in"] + "/" + entry.wire + ".in");
            if (beats.size() != s.expected * s.bytes) {
                fprintf(stderr, "%s: wrong size of the input file\n", entry.wire);
                return 1;
            }
            drivers.push_back({&s, entry.valid, entry.data, std::move(beats), 0, s.expected,
                               Random(seed, i, atof(args["idle"].c_str()))});
            *entry.valid = 0;
        }
        if (s.kind == OUTPUT) {
            sinks.push_back({entry.ready, Random(seed, i, atof(args["stall"].c_str()))});
            *entry.ready = 0;
        }
        if (s.kind != INPUT && (s.kind == OUTPUT || args["record"] == "all")) {
            const std::string path = args["out"] + "/" + entry.wire + ".bin";
            s.file = fopen(path.c_str(), "wb");
            if (!s.file) {
                perror(path.c_str());
                return 1;
            }
            setvbuf(s.file, nullptr, _IONBF, 0);
            s.buffer.reserve(kBuffer + s.bytes);
        }
    }
    std::vector<uint64_t> fill_max(kFifos + 1, 0);
    Load load;
    load.after = load_after;
    if (!later.empty()) load.reset = 16;
    if (!args["load"].empty()) load.bytes = read_file(args["load"]);
    drive_load(top.get(), false, false, 0, 0);

    uint64_t time = 0, clock = 0;
#if VM_TRACE_FST
    const uint64_t wave_start = number("wave_start"), wave_clocks = number("wave_clocks");
    const auto traced = [&] {
        return clock >= wave_start && (!wave_clocks || clock - wave_start < wave_clocks);
    };
#endif
    const auto half = [&](uint8_t level) {
        top->ap_clk = level;
        top->eval();
#if VM_TRACE_FST
        if (traced()) waves.dump(time);
#endif
        time += 5;
    };
    top->ap_rst_n = 0;
    half(0);
    for (int i = 0; i < 16; ++i) {
        half(1);
        half(0);
    }
    top->ap_rst_n = 1;

    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    auto reported = start;
    uint64_t last_transfer = 0, done_at = 0, output_beats = 0;
    const char* stop = "done";
    Stream* const begin = streams.data();
    Stream* const end = begin + kStreams;

    for (;; ++clock) {
        if (!load.done()) {
            // no frame is inside: nothing has moved for a while, and all results are out
            bool quiet = clock > last_transfer + drain;
            for (const Stream& s : streams)
                if (s.kind != INTERNAL) quiet &= s.count == s.before;
            if (quiet || load.step) {
                load.clock(top.get());
                last_transfer = clock;
            }
        }
        for (Driver& d : drivers) {
            if (d.taken) {  // nothing may depend on data without valid: scramble it
                *d.valid = 0;
                memset(d.data, static_cast<int>(clock * 0x3B), d.stream->bytes);
            }
            const bool held = !load.done() && d.next == d.stream->before;
            if (!*d.valid && d.next < d.total && !held && !d.idle.hit()) {
                memcpy(d.data, &d.beats[d.next++ * d.stream->bytes], d.stream->bytes);
                *d.valid = 1;
            }
        }
        for (Sink& s : sinks) *s.ready = remaining == 0 || !s.stall.hit();
        half(0);

        for (Stream* s = begin; s != end; ++s) {
            const uint8_t valid = *s->valid, ready = *s->ready;
            if (s->held) {
                if (!valid)
                    s->violate("valid dropped before ready", clock);
                else if (memcmp(s->kept.data(), s->data, s->bytes) != 0)
                    s->violate("data changed while valid and not ready", clock);
            }
            if (valid & ready) {
                s->held = false;
                if (s->count++ >= s->expected) continue;
                last_transfer = clock;
                if (s->file) {
                    s->buffer.insert(s->buffer.end(), s->data, s->data + s->bytes);
                    if (s->buffer.size() >= kBuffer) s->flush();
                }
                if (s->position == 0) s->first.push_back(clock);
                if (++s->position == s->frame_beats) {
                    s->position = 0;
                    s->last.push_back(clock);
                    if (s->count == s->before) s->frame_beats = s->later_beats;
                    if (s->count == s->expected) {
                        --unfinished;
                        if (s->kind != INTERNAL && --remaining == 0) done_at = clock;
                    }
                }
                output_beats += s->kind == OUTPUT;
            } else if (valid) {
                memcpy(s->kept.data(), s->data, s->bytes);
                s->held = true;
                ++s->stalled;
            } else {
                s->held = false;
                s->starved += ready & (s->count < s->expected);
            }
        }
        for (int i = 0; i < kFifos; ++i) {
            const uint64_t in = begin[fifo_table[i].in_stream].count;
            const uint64_t out = begin[fifo_table[i].out_stream].count;
            if (in > out + fill_max[i]) fill_max[i] = in - out;
        }
        for (Driver& d : drivers) d.taken = *d.valid & *d.stream->ready;
        // results that nothing waits for (pixels beyond the last window) still have to come out
        const uint64_t settled = unfinished ? last_transfer + stuck : last_transfer + drain;
        const bool finished = remaining == 0 && clock >= done_at + drain && clock >= settled;
        if (!finished && clock - last_transfer > stuck) {
            stop = "stuck";
            break;
        }
        if (finished || (max_clocks && clock + 1 >= max_clocks)) {
            if (!finished) stop = "max_clocks";
            break;
        }
        if ((clock & 1023) == 0) {
            if (context->gotFinish()) {
                stop = "finish";
                break;
            }
            const auto now = Clock::now();
            if (now - reported > std::chrono::milliseconds(200)) {
                reported = now;
                printf("progress %" PRIu64 " %" PRIu64 "\n", clock, output_beats);
                fflush(stdout);
            }
        }
        half(1);
    }
    if (context->gotFinish()) stop = "finish";  // since it was looked at last

    printf("progress %" PRIu64 " %" PRIu64 "\n", clock, output_beats);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
#if VM_TRACE_FST
    waves.close();
#endif
    FILE* file = fopen((args["out"] + "/result.json").c_str(), "w");
    if (!file) {
        perror("result.json");
        return 1;
    }
    fprintf(file, "{\"stop\": \"%s\", \"clocks\": %" PRIu64 ", \"seconds\": %.6f,\n", stop,
            remaining ? clock + 1 : done_at + 1, seconds);
    fprintf(file, " \"simulated\": %" PRIu64 ", \"load\": [%" PRIu64 ", %" PRIu64 "],\n",
            clock + 1, load.mismatches, load.first_address);
    fprintf(file, " \"streams\": [\n");
    for (Stream& s : streams) {
        s.flush();
        if (s.file && fclose(s.file) != 0) {
            perror("closing a stream's file");
            return 1;
        }
        fprintf(file,
                "  {\"transfers\": %" PRIu64 ", \"valid\": %d, \"ready\": %d, \"stalled\": %" PRIu64
                ", \"starved\": %" PRIu64 ", \"violations\": %" PRIu64
                ", \"violation\": \"%s\", \"violation_clock\": %" PRIu64,
                s.count, *s.valid, *s.ready, s.stalled, s.starved, s.violations, s.violation,
                s.first_violation);
        write_numbers(file, "first", s.first);
        write_numbers(file, "last", s.last);
        fprintf(file, "}%s\n", &s == &streams.back() ? "" : ",");
    }
    fprintf(file, " ], \"clocks_per_second\": %.0f", seconds > 0 ? clock / seconds : 0.0);
    fill_max.resize(kFifos);
    write_numbers(file, "fifo_max_fill", fill_max);
    fprintf(file, "}\n");
    if (fclose(file) != 0) {
        perror("result.json");
        return 1;
    }
    top->final();
    return 0;
}
