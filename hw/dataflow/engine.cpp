// When does which beat pass? A chain of machines, each with a fixed program of steps a frame.
//
// A step of a machine waits for `need` beats in the link before it (the cursor moves by need_delta
// a step), for room in the link behind it, and for `gap` clocks after the step before; then it
// frees beats of the link before it and may give one to the link behind it. All waiting is for
// events whose clocks are known once they are computed, so no clock is ever counted through:
// machines advance in any order as far as they can, and the result is the same.
//
// Input (standard input): frames, then machines and links alternating as hw/dataflow/engine.py
// writes them. Output: one line a machine and link, see the end of main.

#include <algorithm>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

using i64 = int64_t;

struct Queue {  // of clocks, indexed by how many came before
    std::vector<i64> ring = std::vector<i64>(64);
    i64 *data = ring.data(), mask = 63, begin = 0, end = 0;

    void push(i64 clock) {
        if (end - begin > mask) {
            std::vector<i64> larger(2 * ring.size());
            const i64 bits = static_cast<i64>(larger.size()) - 1;
            for (i64 i = begin; i < end; ++i) larger[i & bits] = at(i);
            ring.swap(larger);
            data = ring.data();
            mask = bits;
        }
        data[end++ & mask] = clock;
    }
    i64 at(i64 index) const { return data[index & mask]; }
};

struct Link {
    i64 capacity;  // 0: without bound
    i64 forth, back;  // clocks from giving to taking, from freeing to giving again
    bool watched;
    Queue given, freed;
    std::vector<i64> gives, frees;  // all clocks of a watched link
};

struct Segment {  // a step, count times
    i64 count, need_delta, frees, gives, gap;
};

struct Block {  // segments, repeat times
    i64 repeat;
    std::vector<Segment> segments;
};

struct Machine {
    bool always;  // every step waits for room, not only those that give
    std::vector<Block> program;
    const Block* block = nullptr;
    const Segment* segment = nullptr;
    i64 repeated = 0, counted = 0, frame = 0, need = 0, last = -1;
    bool first = true, waiting = false;  // waiting: the cursor has moved, the step is to come
    std::vector<i64> firsts, lasts;
};

static i64 number() {
    i64 value;
    if (scanf("%" SCNd64, &value) != 1) exit(2);
    return value;
}

// Steps of one machine until it has to wait for a neighbour; whether there was any
static bool advance(Machine& m, Link* in, Link* out, i64 frames) {
    bool moved = false;
    const bool bounded = out && out->capacity;
    while (m.frame < frames) {
        const Segment& s = *m.segment;
        const bool room = bounded && (s.gives || m.always);
        i64 left = s.count - m.counted, last = m.last, need = m.need;
        bool waiting = m.waiting;
        for (; left; --left) {
            if (!waiting) need += s.need_delta;
            waiting = true;
            i64 clock = last + s.gap;
            if (in && need > in->given.begin) {
                if (in->given.end < need) break;
                clock = std::max(clock, in->given.at(need - 1));
            }
            if (room) {
                const i64 index = out->given.end - out->capacity;
                if (index >= out->freed.end) break;
                if (index >= 0) clock = std::max(clock, out->freed.at(index) + out->back);
                if (s.gives) out->freed.begin = std::max<i64>(index + 1, 0);
            }
            for (i64 i = 0; i < s.frees; ++i) {
                ++in->given.begin;
                if (in->capacity) in->freed.push(clock);
                if (in->watched) in->frees.push_back(clock);
            }
            if (s.gives) {
                out->given.push(clock + out->forth);
                if (out->watched) out->gives.push_back(clock);
            }
            if (m.first && (s.frees || !in)) {
                m.firsts.push_back(clock);
                m.first = false;
            }
            last = clock;
            waiting = false;
            moved = true;
        }
        m.counted = s.count - left;
        m.last = last;
        m.need = need;
        m.waiting = waiting;
        if (left) return moved;
        m.counted = 0;
        if (++m.segment != m.block->segments.data() + m.block->segments.size()) continue;
        if (++m.repeated == m.block->repeat) {
            m.repeated = 0;
            ++m.block;
        }
        const bool ended = m.block == m.program.data() + m.program.size();
        if (ended) m.block = m.program.data();
        m.segment = m.block->segments.data();
        if (!ended) continue;
        m.lasts.push_back(last);
        m.first = true;
        ++m.frame;
    }
    return moved;
}

// The most beats between giving and freeing, at any clock
static i64 highest(const Link& link) {
    i64 most = 0;
    size_t freed = 0;
    for (size_t i = 0; i < link.gives.size(); ++i) {
        while (freed < link.frees.size() && link.frees[freed] <= link.gives[i]) ++freed;
        const i64 fill = static_cast<i64>(i + 1 - freed);
        if (fill > most) most = fill;
    }
    return most;
}

int main() {
    const i64 frames = number(), count = number();
    std::vector<Machine> machines(count);
    std::vector<Link> links(count - 1);
    for (Machine& m : machines) {
        m.always = number() != 0;
        m.program.resize(number());
        for (Block& b : m.program) {
            b.repeat = number();
            b.segments.resize(number());
            for (Segment& s : b.segments) {
                s.count = number();
                s.need_delta = number();
                s.frees = number();
                s.gives = number();
                s.gap = number();
            }
        }
    }
    for (Machine& m : machines) {
        m.block = m.program.data();
        m.segment = m.block->segments.data();
    }
    for (Link& l : links) {
        l.capacity = number();
        l.forth = number();
        l.back = number();
        l.watched = number() != 0;
    }
    // machines that may be able to move, the latest found first
    std::vector<i64> waiting;
    std::vector<char> listed(count, 1);
    for (i64 i = count; i--;) waiting.push_back(i);
    while (!waiting.empty()) {
        const i64 i = waiting.back();
        waiting.pop_back();
        listed[i] = 0;
        Link* in = i ? &links[i - 1] : nullptr;
        Link* out = i + 1 < count ? &links[i] : nullptr;
        if (!advance(machines[i], in, out, frames)) continue;
        for (const i64 other : {i - 1, i + 1}) {
            if (other < 0 || other >= count || listed[other]) continue;
            listed[other] = 1;
            waiting.push_back(other);
        }
    }
    for (const Machine& m : machines) {
        printf("%" PRId64, m.frame);
        for (i64 frame = 0; frame < m.frame; ++frame)
            printf(" %" PRId64 " %" PRId64, m.firsts[frame], m.lasts[frame]);
        printf("\n");
    }
    for (const Link& l : links) printf("%" PRId64 "\n", l.watched ? highest(l) : 0);
    return 0;
}
