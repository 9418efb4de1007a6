// When does which beat pass? A graph of machines, each with a fixed program of steps a frame.
//
// A step of a machine waits for `need` beats in every link into it (the cursor moves by need_delta
// a step), for room in every link out of it, and for `gap` clocks after the step before; then it
// frees beats of the links into it and may give one to each link out of it. All waiting is for
// events whose clocks are known once they are computed, so no clock is ever counted through:
// machines advance in any order as far as they can, and the result is the same.
//
// Input (standard input): frames, then machines, then links with the machines at their ends, as
// hw/dataflow/engine.py writes them. Output: one line a machine and link, see the end of main.

#include <algorithm>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

using i64 = int64_t;
// A compiler leaves functions of several callers alone, which costs a fifth of the speed
#define ALWAYS_INLINE __attribute__((always_inline)) static inline

struct Queue {  // of clocks, indexed by how many came before
    std::vector<i64> ring = std::vector<i64>(64);
    i64 *data = ring.data(), mask = 63, begin = 0, end = 0;

    __attribute__((noinline)) void grow() {
        std::vector<i64> larger(2 * ring.size());
        const i64 bits = static_cast<i64>(larger.size()) - 1;
        for (i64 i = begin; i < end; ++i) larger[i & bits] = at(i);
        ring.swap(larger);
        data = ring.data();
        mask = bits;
    }
    __attribute__((always_inline)) void push(i64 clock) {
        if (end - begin > mask) grow();
        data[end++ & mask] = clock;
    }
    i64 at(i64 index) const { return data[index & mask]; }
};

struct Link {
    i64 capacity;  // 0: without bound
    i64 forth, back;  // clocks from giving to taking, from freeing to giving again
    bool watched;
    i64 from, to;  // machines
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
    std::vector<Link*> in, out;
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

// A step ends; whether the frame's last one did
static bool next_segment(Machine& m) {
    m.counted = 0;
    if (++m.segment != m.block->segments.data() + m.block->segments.size()) return false;
    if (++m.repeated == m.block->repeat) {
        m.repeated = 0;
        ++m.block;
    }
    const bool ended = m.block == m.program.data() + m.program.size();
    if (ended) m.block = m.program.data();
    m.segment = m.block->segments.data();
    return ended;
}

static void end_frame(Machine& m) {
    m.lasts.push_back(m.last);
    m.first = true;
    ++m.frame;
}

// Whether the beats that a step needs have been given; then clock is not before them
ALWAYS_INLINE bool have(const Link& in, i64 need, i64& clock) {
    if (need <= in.given.begin) return true;
    if (in.given.end < need) return false;
    clock = std::max(clock, in.given.at(need - 1));
    return true;
}

// Whether there is room for a beat; then clock is not before it
ALWAYS_INLINE bool fits(const Link& out, i64& clock) {
    const i64 index = out.given.end - out.capacity;
    if (index >= out.freed.end) return false;
    if (index >= 0) clock = std::max(clock, out.freed.at(index) + out.back);
    return true;
}

ALWAYS_INLINE void take(Link& in, i64 count, i64 clock) {
    for (i64 i = 0; i < count; ++i) {
        ++in.given.begin;
        if (in.capacity) in.freed.push(clock);
        if (in.watched) in.frees.push_back(clock);
    }
}

ALWAYS_INLINE void give(Link& out, bool bounded, i64 clock) {
    if (bounded) out.freed.begin = std::max<i64>(out.given.end - out.capacity + 1, 0);
    out.given.push(clock + out.forth);
    if (out.watched) out.gives.push_back(clock);
}

// Steps of one machine of at most one link in and one out, until it has to wait for a neighbour;
// whether there was any
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
            if (in && !have(*in, need, clock)) break;
            if (room && !fits(*out, clock)) break;
            if (in) take(*in, s.frees, clock);
            if (s.gives) give(*out, bounded, clock);
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
        if (next_segment(m)) end_frame(m);
    }
    return moved;
}

// The same of a machine of any links: a step waits for all of them
static bool advance_many(Machine& m, i64 frames) {
    bool moved = false;
    while (m.frame < frames) {
        const Segment& s = *m.segment;
        for (; m.counted < s.count; ++m.counted) {
            if (!m.waiting) m.need += s.need_delta;
            m.waiting = true;
            i64 clock = m.last + s.gap;
            bool can = true;
            for (const Link* in : m.in) can = can && have(*in, m.need, clock);
            for (const Link* out : m.out)
                can = can && (!out->capacity || !(s.gives || m.always) || fits(*out, clock));
            if (!can) return moved;
            for (Link* in : m.in) take(*in, s.frees, clock);
            for (Link* out : m.out)
                if (s.gives) give(*out, out->capacity, clock);
            if (m.first && (s.frees || m.in.empty())) {
                m.firsts.push_back(clock);
                m.first = false;
            }
            m.last = clock;
            m.waiting = false;
            moved = true;
        }
        if (next_segment(m)) end_frame(m);
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
    std::vector<Link> links(number());
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
        l.from = number();
        l.to = number();
        machines[l.from].out.push_back(&l);
        machines[l.to].in.push_back(&l);
    }
    // machines that may be able to move, the latest found first
    std::vector<i64> waiting;
    std::vector<char> listed(count, 1);
    for (i64 i = count; i--;) waiting.push_back(i);
    while (!waiting.empty()) {
        const i64 i = waiting.back();
        waiting.pop_back();
        listed[i] = 0;
        Machine& m = machines[i];
        const bool simple = m.in.size() < 2 && m.out.size() < 2;
        Link* const in = m.in.empty() ? nullptr : m.in[0];
        Link* const out = m.out.empty() ? nullptr : m.out[0];
        if (!(simple ? advance(m, in, out, frames) : advance_many(m, frames))) continue;
        const auto wake = [&](i64 other) {
            if (listed[other]) return;
            listed[other] = 1;
            waiting.push_back(other);
        };
        for (const Link* link : m.in) wake(link->from);
        for (const Link* link : m.out) wake(link->to);
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
