"""The stages of the gallery, from the module to figures; each needs the success of others."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flows.bench.finn_section import NOT_COUNTED
from flows.bench.our_figures import clocks, measure_ours
from flows.build.import_check import read_import_check
from flows.build.names import ResultName, StepName
from flows.build.sequence import run_steps
from flows.build.steps.set_folding import set_folding
from flows.build.target import target_clocks, target_key
from flows.errors import FlowError
from flows.files import READER
from flows.gallery.against_brevitas import as_integers, integer_frames, module_outputs
from flows.gallery.cut import cut
from flows.gallery.finn import estimate, resources
from flows.gallery.job import Found, Job, Stage
from flows.gallery.plan import Plan
from flows.graph.decodings import decodings_of
from flows.graph.host_tail import host_nodes
from flows.graph.layout_metadata import layouts_of
from flows.graph.to_integers import metadata_of
from flows.run.cppsim import cppsim
from flows.run.emulate import emulate
from flows.run.host_tail import HostTail
from flows.run.rtlsim import rtlsim
from hw.dataflow.graph import StreamGraph
from hw.dataflow.sizing import deep_interval
from model.brevitas_export import export_module

#: Inputs of the emulator, of the simulators; seed of both.
INPUTS, SIMULATED, SEED = 3, 2, 100


def _export(job: Job) -> Found:
    job.place.mkdir(parents=True, exist_ok=True)
    export_module(job.module, job.entry.shape, job.model, job.entry.dynamo)
    return {"bytes": job.model.stat().st_size}


def _map(job: Job) -> Found:
    build = job.build()
    run_steps(build, stop=StepName.STREAMLINE)
    return {"nodes": len(build.model(StepName.STREAMLINE).graph.node)}


def _verify(job: Job) -> Found:
    """The streamlined integers against the file, on the way to the folded graph."""
    build = job.build()
    run_steps(build, StepName.VERIFY_IMPORT, StepName.FOLD_DUPLICATED_WEIGHTS)
    check, reason = read_import_check(build)
    if check is None:
        raise FlowError(reason)
    compared = sum(level.thresholds for level in check.levels.values())
    return {
        "frames": check.frames,
        "boundaries": len(check.boundaries),
        "thresholds": compared,
        "full_size": check.full_size,
    }


def _emulate(job: Job) -> Found:
    """The emulator against the streamlined graph, and its outputs against the module's."""
    build = job.build()
    reals, frames = integer_frames(build, job.entry, INPUTS, SEED)
    integers = emulate(build, frames)
    report = READER.json(build.paths.result(ResultName.EMULATION), dict[str, Any], "emulate again")
    metadata = metadata_of(build.model(StepName.STREAMLINE))
    outputs = module_outputs(job.module, reals)
    found = {"frames": len(frames), "boundaries": len(report["boundaries"])}
    if nodes := host_nodes(metadata):
        (real,) = HostTail.load(build.paths.host_tail).run(integers).values()
        # float32 on both sides, in another order: a step of the integers is far more than this
        differ = ~np.isclose(real, outputs, rtol=1e-5, atol=1e-6)
        return {**found, "on_the_host": ", ".join(nodes), **_differing(differ)}
    (decoding,) = decodings_of(metadata)
    layout = layouts_of(metadata).get(decoding.tensor)
    if layout is not None:
        outputs = layout.canonical(outputs)
    scale, bias = np.array(decoding.scale), np.array(decoding.bias)
    expected, worst = as_integers(outputs, scale, bias, integers.shape)
    return {**found, **_differing(expected != integers), "farthest_from_whole": round(worst, 6)}


def _differing(differ: Any) -> Found:
    """Figures of a comparison, which fails where one output differs."""
    wrong, outputs = int(np.count_nonzero(differ)), int(differ.size)
    found: Found = {"outputs": outputs, "outputs_that_differ": wrong}
    if wrong:
        reason = f"{wrong:,} of {outputs:,} outputs are not those of the Brevitas module"
        found |= {"ok": False, "reason": reason}
    return found


def _build(job: Job) -> Found:
    build = job.build()
    run_steps(build, start=StepName.TO_HARDWARE)
    return {
        "modelled_clocks": clocks(build),
        "nodes": len(build.model(StepName.GENERATE_RTL).graph.node),
    }


def _rtlsim(job: Job) -> Found:
    """The simulated RTL against the emulator, whole or its first layers."""
    whole, found = job.build(), {"until": ""}
    _, frames = integer_frames(whole, job.entry, SIMULATED, SEED)
    build = whole
    if job.plan.layers is not None:
        build = job.front()
        found["until"] = cut(job.model, job.plan.layers, build.config.model)
        run_steps(build, if_changed=True)
    rtlsim(build, frames)
    report = READER.json(build.paths.result(ResultName.RTLSIM), dict[str, Any], "simulate again")
    return {
        **found,
        "frames": len(frames),
        "layers": job.plan.layers,
        "boundaries": len(report["boundaries"]),
        "clocks": report["clocks_per_frame"],
        "modelled_clocks": clocks(build),
        "latency": report["latency_clocks"],
    }


def _pixel(job: Job) -> Found:
    """Clocks by the timing model at one pixel a clock, FIFOs deep enough, on a part of any size."""
    if not job.plan.pixel:
        return {"skipped": "left out: no picture"}
    build = job.pixel()
    run_steps(build, stop=StepName.TO_HARDWARE)
    model, height, width = build.model(StepName.TO_HARDWARE), *job.entry.shape[2:]
    wanted, key = target_clocks(build.config, model), target_key(build.config)
    folded = set_folding(model, wanted, {}, build.config.clock_ns, key, tell=print)
    found = deep_interval(StreamGraph.of_model(folded))
    if found is None:
        raise FlowError("the timing model finds no steady rate")
    return {"clocks": found, "wanted": wanted, "pixels": height * width}


def _cppsim(job: Job) -> Found:
    build = job.build()
    _, frames = integer_frames(build, job.entry, SIMULATED, SEED)
    cppsim(build, frames, kinds=("fast",))
    return {"frames": len(frames)}


def _synth(job: Job) -> Found:
    found = measure_ours(job.build(), job.jobs)
    return {
        "whole": found.total.as_dict(),
        "like_finn": found.without(*NOT_COUNTED).as_dict(),
    }


def _finn(job: Job) -> Found:
    return estimate(job.build())


def _finn_synth(job: Job) -> Found:
    return resources(job.build(), job.place / "finn", job.jobs)


@dataclass(frozen=True)
class Step:
    """A stage. after: those that have to have succeeded; cut_after: the same where the network is
    cut for simulation, None: as after. may_fail: a failure is a finding, of FINN's passes, and no
    fault of this flow."""

    run: Stage
    after: tuple[str, ...] = ()
    may_fail: bool = False
    cut_after: tuple[str, ...] | None = None

    def needs(self, plan: Plan) -> tuple[str, ...]:
        """Stages that have to have succeeded before this one, of a network with such a plan."""
        is_cut = plan.layers is not None and self.cut_after is not None
        return (self.cut_after or ()) if is_cut else self.after


STAGES: dict[str, Step] = {
    "export": Step(_export),
    "map": Step(_map, ("export",)),
    "verify": Step(_verify, ("map",)),
    "emulate": Step(_emulate, ("verify",)),
    "build": Step(_build, ("verify",)),
    "finn": Step(_finn, ("map",), may_fail=True),
    "rtlsim": Step(_rtlsim, ("build",), cut_after=("verify",)),
    "cppsim": Step(_cppsim, ("build",)),
    "pixel": Step(_pixel, ("verify",)),
    "synth": Step(_synth, ("build",)),
    "finn_synth": Step(_finn_synth, ("finn",), may_fail=True),
}
