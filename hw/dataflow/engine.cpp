// When does which beat pass? A graph of machines, each with a fixed program of steps a frame.
//
// A step of a machine waits for `need` beats in every link into it, or in the one of its port and in
// those that it names beside it (a cursor for each link moves by need_delta a step), for room in every
// link out of it, and for `gap` clocks after the step before; then it frees beats of those links and
// may give one to each link out of it. All waiting is for events whose clocks are known once they are
// computed, so no clock is ever counted through: machines advance in any order as far as they can,
// and the result is the same.
//
// Frames are run one after the other, until they follow each other as they are to (`settled`), or
// there are enough. Frames that are all alike are not run (`skip`): while a FIFO fills or empties
// slowly, those before it and those behind it each repeat themselves for many frames.
//
// Input (standard input): first and last number of frames after which is looked whether they have
// settled (each twice the one before), whether strictly, whether to skip, an interval that is too
// long to go on for (0: none), the numbers of machines, links and sinks, the sinks; then machines, then links with the machines at their ends, as
// hw/dataflow/engine.py writes them. Output: the number of frames, then one line a machine and link,
// see the end of main.

#include <algorithm>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "steps.hpp"

static i64 number() {
    i64 value;
    if (scanf("%" SCNd64, &value) != 1) exit(2);
    return value;
}

// Count the most beats between giving and freeing, at any clock. Clocks that no later count needs
// are forgotten: a beat is given only once the one `capacity` before it has been freed.
static void count_fill(Link& l) {
    i64 freed = 0;
    for (size_t i = 0; i < l.gives.size(); ++i) {
        while (freed < static_cast<i64>(l.frees.size()) && l.frees[freed] <= l.gives[i]) ++freed;
        l.most = std::max(l.most, l.gives_before + static_cast<i64>(i) + 1 - l.frees_before - freed);
    }
    l.gives_before += static_cast<i64>(l.gives.size());
    l.gives.clear();
    const i64 gone = l.capacity ? l.gives_before - l.capacity - l.frees_before : 0;
    if (gone <= 0) return;
    l.frees.erase(l.frees.begin(), l.frees.begin() + gone);
    l.frees_before += gone;
}

struct Network {
    std::vector<Machine> machines;
    std::vector<Link> links;
    std::vector<i64> sinks;

    // All machines as far as they can; whether they did all of frames
    bool run(i64 frames) {
        const i64 count = static_cast<i64>(machines.size());
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
        for (const Machine& m : machines)
            if (m.frame < frames) return false;
        return true;
    }

    // Whether each machine's last two frames took as long as each other, the outputs' as long as
    // the slowest machine's, and, if strict, all machines' the same
    bool settled(bool strict) const {
        i64 least = NONE, most = 0, least_out = NONE;
        for (const Machine& m : machines) {
            const size_t n = m.lasts.size();
            if (n < 3 || m.interval() != m.lasts[n - 2] - m.lasts[n - 3]) return false;
            least = std::min(least, m.interval());
            most = std::max(most, m.interval());
        }
        for (const i64 sink : sinks) least_out = std::min(least_out, machines[sink].interval());
        return least_out == most && (!strict || least == most);
    }

    // How many frames after the last one are like it, less one: of every machine all clocks come
    // its interval later. So they do as long as no wait takes the place of another one. Waits
    // between machines of equal intervals stay what they are; a beat is waited for, or a place, of
    // a machine with a longer interval, once what there is to spare has been used up. That a beat
    // has to wait for its place for one of a shorter interval is excluded by the frames that were
    // alike. These have to be as many as the places of a link may lie behind.
    i64 alike() const {
        i64 found = NONE;
        for (const Link& l : links) {
            const Machine &from = machines[l.from], &to = machines[l.to];
            const i64 beats = l.given.end / from.frame;
            if (!l.capacity || !beats) return 0;
            if (l.given.begin != l.given.end || l.freed.end != l.given.end) return 0;
            const i64 behind = (l.capacity + beats - 1) / beats;
            if (std::min(from.alike, to.alike) <= behind) return 0;
            const i64 gap = to.interval() - from.interval();
            const i64 spare = gap > 0 ? l.spare_room : l.spare_given;
            if (gap && spare != NONE) found = std::min(found, spare / std::abs(gap));
        }
        return found - 1;
    }

    // Whether frames will never follow each other faster than at the outputs now: where these and
    // all machines that they wait for, and so on, do what they did the frame before, it goes on so,
    // or slower if something else comes to be waited for.
    bool will_stay() const {
        std::vector<char> listed(machines.size(), 0);
        std::vector<i64> left(sinks.begin(), sinks.end());
        const i64 interval = machines[sinks[0]].interval();
        while (!left.empty()) {
            const Machine& m = machines[left.back()];
            const i64 index = left.back();
            left.pop_back();
            if (listed[index]) continue;
            listed[index] = 1;
            if (m.interval() != interval || m.alike < 2) return false;
            for (const Link* in : m.in)
                if (!in->spare_given) left.push_back(in->from);
            for (const Link* out : m.out) {
                if (out->spare_room) continue;
                const i64 behind = out->capacity / (out->given.end / m.frame) + 1;
                if (std::min(m.alike, machines[out->to].alike) <= behind) return false;
                left.push_back(out->to);
            }
        }
        return true;
    }

    void skip(i64 frames) {
        for (Link& l : links) {
            const i64 beats = frames * (l.given.end / machines[l.from].frame);
            l.given.begin = l.given.end += beats;
            l.need += beats;
            const i64 clocks = frames * machines[l.to].interval();
            l.freed.shift(beats, clocks);
            for (i64& clock : l.frees) clock += clocks;
            l.frees_before += l.watched ? beats : 0;
            l.gives_before += l.watched ? beats : 0;
        }
        for (Machine& m : machines) {
            const i64 clocks = m.interval();
            const i64 beats = m.in.empty() ? 0 : m.in[0]->given.end / (m.frame + frames) * frames;
            for (i64 frame = 0; frame < frames; ++frame) {
                m.firsts.push_back(m.firsts.back() + clocks);
                m.lasts.push_back(m.lasts.back() + clocks);
            }
            m.last = m.lasts.back();
            m.need += beats;
            m.seen += beats;
            m.frame += frames;
        }
    }
};

int main() {
    i64 target = number();
    const i64 most = number();
    const bool strict = number() != 0, skipping = number() != 0;
    const i64 limit = number();
    Network net;
    net.machines.resize(number());
    net.links.resize(number());
    net.sinks.resize(number());
    for (i64& sink : net.sinks) sink = number();
    for (Machine& m : net.machines) {
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
                s.port = number();
                s.also.resize(number());
                for (Take& take : s.also) {
                    take.port = number();
                    take.need_delta = number();
                    take.frees = number();
                }
            }
        }
    }
    for (Machine& m : net.machines) {
        m.block = m.program.data();
        m.segment = m.block->segments.data();
    }
    for (Link& l : net.links) {
        l.capacity = number();
        l.forth = number();
        l.back = number();
        l.watched = number() != 0;
        l.from = number();
        l.to = number();
        net.machines[l.from].out.push_back(&l);
        net.machines[l.to].in.push_back(&l);
    }
    for (i64 done = 0;;) {
        const bool stuck = !net.run(++done);
        if (stuck) net.run(target);  // each as far as it can
        for (Link& l : net.links) count_fill(l);
        if (stuck || (done == target && (net.settled(strict) || target >= most))) break;
        if (limit && done > 1 && net.machines[net.sinks[0]].interval() > limit && net.will_stay()) {
            target = done;
            break;
        }
        if (done == target) target *= 2;
        const i64 ahead = skipping && done > 1 ? std::min(net.alike(), target - done - 1) : 0;
        if (ahead > 0) {
            net.skip(ahead);
            done += ahead;
        }
        for (Link& l : net.links) l.spare_given = l.spare_room = NONE;
    }
    printf("%" PRId64 "\n", target);
    for (const Machine& m : net.machines) {
        printf("%" PRId64, m.frame);
        for (i64 frame = 0; frame < m.frame; ++frame)
            printf(" %" PRId64 " %" PRId64, m.firsts[frame], m.lasts[frame]);
        printf("\n");
    }
    for (const Link& l : net.links) printf("%" PRId64 "\n", l.watched ? l.most : 0);
    return 0;
}
