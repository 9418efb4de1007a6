"""FINN's build configuration (DataflowBuildConfig, as JSON or YAML) read as one of this flow.

Keys of the same name and meaning are taken. Steps become this flow's where the model after them is
in the same state. Keys without meaning here are passed over, and ``build`` lists them with what
does the same here; those that ask for other hardware are refused by their names.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flows.build.names import StepName
from flows.errors import FlowError
from hw.boards import board_names, load_board
from outside.nearest import meant

#: FINN's step -> this flow's step after which the model is in the same state.
STEPS = {
    "step_qonnx_to_finn": StepName.IMPORT,
    "step_tidy_up": StepName.IMPORT,
    "step_streamline": StepName.STREAMLINE,
    "step_convert_to_hw": StepName.TO_HARDWARE,
    "step_minimize_bit_width_initial": StepName.TO_HARDWARE,
    "step_create_dataflow_partition": StepName.TO_HARDWARE,
    "step_apply_folding_config": StepName.SET_FOLDING,
    "step_minimize_bit_width": StepName.SET_FOLDING,
    "step_generate_estimate_reports": StepName.INSERT_STREAMS,
    "step_hw_codegen": StepName.GENERATE_RTL,
    "step_generate_hardware": StepName.GENERATE_RTL,
    "step_create_stitched_ip": StepName.GENERATE_RTL,
}
#: FINN's step that this flow does elsewhere, or in another order -> where.
ELSEWHERE = {
    "step_specialize_layers": "behind the folding here",
    "step_target_fps_parallelization": "one step with the folding file here, set_folding",
    "step_transpose_decomposition": "a change of view here, without hardware",
    "step_assign_ddr_weight_offsets": "without meaning here: weights are in the hardware",
    "step_hw_ipgen": "the command hls",
    "step_set_fifo_depths": "before the code is written here, size_fifos",
    "step_measure_rtlsim_performance": "the command rtlsim",
    "step_out_of_context_synthesis": "the command synth",
    "step_prepare_synthesis": "the command bitstream",
    "step_synthesize_bitfile": "the command bitstream",
    "step_make_pynq_driver": "the command driver",
    "step_make_driver": "the command driver",
    "step_deployment_package": "the command deploy",
}
#: What FINN makes, or verifies -> what does it here.
OUTPUTS = {
    "estimate_reports": "build",
    "stitched_ip": "build",
    "rtlsim_performance": "rtlsim",
    "out_of_context_synth": "synth",
    "bitfile": "bitstream",
    "pynq_driver": "driver",
    "deployment_package": "deploy",
}
VERIFIED = {
    "finn_onnx_python": "verify_import, a step of build",
    "initial_python": "verify_import, a step of build",
    "streamlined_python": "verify_import, a step of build",
    "folded_hls_cppsim": "cppsim",
    "node_by_node_rtlsim": "rtlsim, every layer boundary",
    "stitched_ip_rtlsim": "rtlsim",
}
#: Keys that say how FINN works, not what is made.
_FINN_S_OWN = """
auto_fifo_strategy console_log_level cpp_driver_version debug_fifo default_swg_exception
enable_build_pdb_debug enable_exception_snapshots enable_hw_debug enable_instrumentation
experiments_config_path fifo_config_file fifosim_comm_mode fifosim_mpi_args fifosim_mpi_hosts
fifosim_mpi_launcher fifosim_mpi_oversubscribe fifosim_save_waveform folding_two_pass_relaxation
force_python_rtlsim force_rtl_conv_inp_gen fpga_memory functional_simulation hls_clk_period_ns
infer_shuffle_skip_first instrumentation_avg_n instrumentation_no_dma large_fifo_mem_style
layouts_config_file max_multithreshold_bit_width minimize_bit_width mvau_wwidth_max
requant_bitwidth_threshold rtlsim_batch_size rtlsim_use_vivado_comps save_intermediate_models
signature specialize_layers_config_file split_large_fifos standalone_thresholds
stitched_ip_gen_dcp validation_dataset verbose verification_atol verification_mean_atol
verification_mean_rtol verification_rtol verify_expected_output_npy verify_input_npy
verify_nodewise_report verify_rtlsim_behavioral verify_save_full_context
verify_save_rtlsim_waveforms vitis_floorplan_file vitis_iodma_intf_max_width vitis_opt_strategy
vitis_platform vivado_power_simulate_activity vivado_power_simulation_type
"""
_PASSED_OVER = frozenset(_FINN_S_OWN.split())
#: Keys that ask for other hardware where they are set, and why there is none.
_REFUSED = {
    "partitioning_configuration": "a network over several FPGAs",
    "multi_dnn_config_path": "several networks in one",
    "mlo": "layers that share hardware in a loop",
    "loop_body_hierarchy": "layers that share hardware in a loop",
    "loop_body_range": "layers that share hardware in a loop",
    "inject_steps_after": "steps of one's own",
    "inject_steps_before": "steps of one's own",
}
_SHELL = "vivado_zynq"


def keys() -> set[str]:
    """Keys of FINN's that no configuration of this flow has."""
    read = {"steps", "generate_outputs", "verify_steps", "fpga_part", "shell_flow_type"}
    return {*_PASSED_OVER, *_REFUSED, *read, "model_path"}


def translate(given: Mapping[str, Any], path: Path) -> tuple[dict[str, Any], list[str]]:
    """The keys of this flow, and what a user should know of the others.

    given: of the file at path. A configuration without keys of FINN's own stays as it is. Raises
    FlowError naming file and key.
    """
    own = {key: value for key, value in given.items() if key not in keys()}
    foreign = {key: value for key, value in given.items() if key in keys()}
    if not foreign:
        return own, []
    passed = [key for key in foreign if key in _PASSED_OVER]
    notes = [f"without meaning here: {', '.join(passed)}"] if passed else []
    for key, what in _REFUSED.items():
        if foreign.get(key):
            raise FlowError(f"{path}: {key} asks for {what}, which this flow does not make")
    if "model_path" in foreign:
        own.setdefault("model", foreign["model_path"])
    if "model" not in own and (path.parent / "model.onnx").is_file():
        own["model"] = "model.onnx"  # where FINN's build_dataflow_directory looks
        notes.append("model: model.onnx beside the configuration")
    if "model" not in own:
        raise FlowError(
            f"{path}: key model is missing, as in all of FINN's configurations; expected it "
            "added (model: my.onnx), or the network as model.onnx beside this file"
        )
    _check_shell(foreign, path)
    _choose_board(own, foreign, path)
    _translate_steps(own, foreign, path, notes)
    for key, table in (("generate_outputs", OUTPUTS), ("verify_steps", VERIFIED)):
        done = []
        for name in _names(foreign.get(key), key, path):
            if name not in table:
                known = f"{', '.join(table)}{meant(name, table)}"
                raise FlowError(f"{path}: {key}: {name} is not made here; known: {known}")
            done.append(f"{name} by {table[name]}")
        if done:
            notes.append(f"{key}: {', '.join(done)}")
    return own, notes


def _check_shell(foreign: Mapping[str, Any], path: Path) -> None:
    shell = foreign.get("shell_flow_type")
    if shell is not None and shell != _SHELL:
        raise FlowError(
            f"{path}: shell_flow_type = {shell!r}; expected {_SHELL}, for this flow's shell needs "
            "the processor of a Zynq"
        )


def _choose_board(own: dict[str, Any], foreign: Mapping[str, Any], path: Path) -> None:
    """The board of a part, where the part alone is given; one that is another's is refused."""
    part = foreign.get("fpga_part")
    if part is None:
        return
    fitting = [name for name in board_names() if load_board(name).part == part]
    board = own.get("board")
    if board is None and len(fitting) == 1:
        own["board"] = fitting[0]
    elif board is None:
        what = f"boards of this part: {', '.join(fitting)}" if fitting else "no board here has it"
        raise FlowError(f"{path}: fpga_part = {part!r}: {what}; expected the key board")
    elif board in board_names() and board not in fitting:
        raise FlowError(
            f"{path}: fpga_part = {part!r}; the board {board} has {load_board(board).part}"
        )


def _translate_steps(
    own: dict[str, Any], foreign: Mapping[str, Any], path: Path, notes: list[str]
) -> None:
    """A list of FINN's own steps says where the build ends; start and stop are named alike."""
    steps = _names(foreign.get("steps"), "steps", path)
    for name in steps:
        if name not in STEPS and name not in ELSEWHERE:
            known = [*STEPS, *ELSEWHERE]
            raise FlowError(
                f"{path}: steps: {name} is none of FINN's own steps{meant(name, known)}; what a "
                "step of one's own does to the network, do to its file before the build"
            )
    last = [STEPS[name] for name in steps if name in STEPS][-1:]
    if last and "stop_step" not in own:
        own["stop_step"] = str(last[0])
        notes.append(f"steps: up to {last[0]}, with all before it")
    notes += [f"steps: {name} is {ELSEWHERE[name]}" for name in steps if name in ELSEWHERE]


def step_of(name: str, fail: Callable[[str], Exception]) -> str:
    """This flow's name of a step that may be FINN's; fail makes the error of one that is neither.

    Names of this flow, and unknown ones, come back as they are.
    """
    if name in ELSEWHERE:
        raise fail(f"step {name}: {ELSEWHERE[name]}; no step of this flow leaves the same model")
    return str(STEPS.get(name, name))


def _names(value: Any, key: str, path: Path) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise FlowError(f"{path}: {key} = {value!r}; expected a list of names")
    return value
