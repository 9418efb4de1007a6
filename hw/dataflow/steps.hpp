// Machines and links of the timing model, and a machine's steps: included by engine.cpp alone.

#pragma once

#include <algorithm>
#include <climits>
#include <cstdint>
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

    // The clocks that are left become those of `beats` beats later, `clocks` later
    void shift(i64 beats, i64 clocks) {
        std::vector<i64> left;
        for (i64 i = begin; i < end; ++i) left.push_back(at(i) + clocks);
        begin += beats;
        end = begin;
        for (const i64 clock : left) push(clock);
    }
};

static const i64 NONE = INT64_MAX;

struct Link {
    i64 capacity;  // 0: without bound
    i64 forth, back;  // clocks from giving to taking, from freeing to giving again
    bool watched;
    i64 from, to;  // machines
    i64 need = 0;  // the cursor of a machine of several links, which has one for each
    Queue given, freed;
    // The least clocks, in this frame, that a beat was there before it was taken, and that a place
    // was free before it was filled
    i64 spare_given = NONE, spare_room = NONE;
    // Of a watched link: clocks of the beats given since fills were counted, and of those freed;
    // how many were given and freed before; the most beats it held
    std::vector<i64> gives, frees;
    i64 gives_before = 0, frees_before = 0, most = 0;
};

struct Take {  // of a further link into the machine
    i64 port, need_delta, frees;
};

struct Segment {  // a step, count times
    i64 count, need_delta, frees, gives, gap;
    i64 port;  // the link into the machine that it takes of; below 0: all
    std::vector<Take> also;
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
    i64 seen = 0;  // the most beats that a step has waited for: they are there
    bool first = true, waiting = false;  // waiting: the cursor has moved, the step is to come
    std::vector<i64> firsts, lasts;
    // Of the clocks between this frame's steps, and between the last one's; frames that were alike
    uint64_t hash = 0, last_hash = 0;
    i64 alike = 0;

    i64 interval() const { return lasts.back() - lasts[lasts.size() - 2]; }
};

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
    m.alike = m.hash == m.last_hash ? m.alike + 1 : 0;
    m.last_hash = m.hash;
    m.hash = 0;
}

ALWAYS_INLINE uint64_t hashed(uint64_t hash, i64 clocks) {
    return (hash ^ static_cast<uint64_t>(clocks)) * 0x9E3779B97F4A7C15u;
}

// Clock from which the beats that a step needs can be taken, NONE: not known yet
ALWAYS_INLINE i64 given_at(const Link& in, i64 need) {
    return in.given.end < need ? NONE : in.given.at(need - 1);
}

// Clock from which there is room for a beat, NONE: not known yet, -1: there always was
ALWAYS_INLINE i64 room_at(const Link& out) {
    const i64 index = out.given.end - out.capacity;
    if (index >= out.freed.end) return NONE;
    return index >= 0 ? out.freed.at(index) + out.back : -1;
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
    i64 spare_given = in ? in->spare_given : 0, spare_room = out ? out->spare_room : 0;
    while (m.frame < frames) {
        const Segment& s = *m.segment;
        const bool room = bounded && (s.gives || m.always);
        i64 left = s.count - m.counted, last = m.last, need = m.need, seen = m.seen;
        uint64_t hash = m.hash;
        bool waiting = m.waiting;
        for (; left; --left) {
            if (!waiting) need += s.need_delta;
            waiting = true;
            i64 clock = last + s.gap, here = 0, free = -1;
            const bool waits = in && need > seen && need > in->given.begin;
            if (waits) {
                here = given_at(*in, need);
                if (here == NONE) break;
                clock = std::max(clock, here);
            }
            if (room) {
                free = room_at(*out);
                if (free == NONE) break;
                clock = std::max(clock, free);
                if (free >= 0) spare_room = std::min(spare_room, clock - free);
            }
            if (waits) {
                seen = need;
                spare_given = std::min(spare_given, clock - here);
            }
            if (in) take(*in, s.frees, clock);
            if (s.gives) give(*out, bounded, clock);
            if (m.first && (s.frees || !in)) {
                m.firsts.push_back(clock);
                m.first = false;
            }
            hash = hashed(hash, clock - last);
            last = clock;
            waiting = false;
            moved = true;
        }
        m.counted = s.count - left;
        m.last = last;
        m.need = need;
        m.seen = seen;
        m.waiting = waiting;
        m.hash = hash;
        if (left) break;
        if (next_segment(m)) end_frame(m);
    }
    if (in) in->spare_given = spare_given;
    if (out) out->spare_room = spare_room;
    return moved;
}

// The same of a machine of any links: a step waits for all of them, or for the one of its port
static bool advance_many(Machine& m, i64 frames) {
    bool moved = false;
    while (m.frame < frames) {
        const Segment& s = *m.segment;
        for (; m.counted < s.count; ++m.counted) {
            const size_t first = s.port < 0 ? 0 : s.port;
            const size_t end = s.port < 0 ? m.in.size() : first + 1;
            if (!m.waiting) {
                for (size_t i = first; i < end; ++i) m.in[i]->need += s.need_delta;
                for (const Take& t : s.also) m.in[t.port]->need += t.need_delta;
            }
            m.waiting = true;
            i64 clock = m.last + s.gap;
            const auto waits = [&](const Link* in) { return in->need > in->given.begin; };
            const auto needs_room = [&](const Link* out) {
                return out->capacity && (s.gives || m.always);
            };
            for (size_t i = first; i < end; ++i)
                if (waits(m.in[i])) clock = std::max(clock, given_at(*m.in[i], m.in[i]->need));
            for (const Take& t : s.also)
                if (waits(m.in[t.port]))
                    clock = std::max(clock, given_at(*m.in[t.port], m.in[t.port]->need));
            for (const Link* out : m.out)
                if (needs_room(out)) clock = std::max(clock, room_at(*out));
            if (clock == NONE) return moved;
            const auto spare = [&](Link& in) {
                if (waits(&in))
                    in.spare_given = std::min(in.spare_given, clock - given_at(in, in.need));
            };
            for (size_t i = first; i < end; ++i) spare(*m.in[i]);
            for (const Take& t : s.also) spare(*m.in[t.port]);
            for (Link* out : m.out)
                if (needs_room(out) && room_at(*out) >= 0)
                    out->spare_room = std::min(out->spare_room, clock - room_at(*out));
            for (size_t i = first; i < end; ++i) take(*m.in[i], s.frees, clock);
            for (const Take& t : s.also) take(*m.in[t.port], t.frees, clock);
            for (Link* out : m.out)
                if (s.gives) give(*out, out->capacity, clock);
            if (m.first && (s.frees || m.in.empty())) {
                m.firsts.push_back(clock);
                m.first = false;
            }
            m.hash = hashed(m.hash, clock - m.last);
            m.last = clock;
            m.waiting = false;
            moved = true;
        }
        if (next_segment(m)) end_frame(m);
    }
    return moved;
}
