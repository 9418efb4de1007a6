"""Where everything lies in a build's folder, which is laid out as FINN's users know it.

No other module makes a path below the folder by hand.
"""

from dataclasses import dataclass
from pathlib import Path

from flows.build.names import ResultName, StepName


@dataclass(frozen=True)
class Layout:
    """Paths of a build. folder: its own; top: name of the accelerator's top module.

    bitstream: end of the bitstream's name.
    """

    folder: Path
    top: str
    bitstream: str = ".bit"

    # --- what the steps write ---

    @property
    def state(self) -> Path:
        """The state of the build (flows/build/state.py)."""
        return self.folder / "build_state.json"

    @property
    def log(self) -> Path:
        """The log of the build."""
        return self.folder / "build.log"

    @property
    def times(self) -> Path:
        """Seconds of each step."""
        return self.folder / "time_per_step.json"

    @property
    def models(self) -> Path:
        """Folder of the models."""
        return self.folder / "intermediate_models"

    def model(self, step: StepName) -> Path:
        """The model after a step."""
        return self.models / f"{step}.onnx"

    @property
    def counterparts(self) -> Path:
        """Which integers stand for which tensor of the model's file."""
        return self.models / f"{StepName.STREAMLINE}.json"

    @property
    def tail(self) -> Path:
        """The file's nodes that are the host's, as they stand there; not there without such."""
        return self.models / "tail.onnx"

    @property
    def host_tail(self) -> Path:
        """The model that makes the file's output of the accelerator's integers, on the host."""
        return self.folder / "host_tail.onnx"

    @property
    def folding(self) -> Path:
        """The folding that was found, by node."""
        return self.folder / "final_hw_config.json"

    @property
    def rtl(self) -> Path:
        """The accelerator: sources and memories. Not there where a node needs Vitis HLS first."""
        return self.folder / "rtl"

    @property
    def design(self) -> Path:
        """The description of the accelerator in ``rtl`` (hw.sim.design.Design)."""
        return self.rtl / f"{self.top}.json"

    # --- results ---

    @property
    def report(self) -> Path:
        """Folder of the results, and of the report."""
        return self.folder / "report"

    def result(self, name: ResultName) -> Path:
        """A result as JSON."""
        return self.report / f"{name}.json"

    @property
    def page(self) -> Path:
        """The report."""
        return self.report / "report.html"

    @property
    def verdicts(self) -> Path:
        """Folder of the integers that were compared."""
        return self.folder / "verification_output"

    def verdict(self, of: str, passed: bool, output: str = "") -> Path:
        """Integers that were compared. of: the executor and a number or kind, as "rtlsim_0".

        output: which of several, as it is to be called; "": the first.
        """
        which = f"_{output}" if output else ""
        return self.verdicts / f"verify_{of}_{'SUCCESS' if passed else 'FAIL'}{which}.npy"

    @property
    def frames(self) -> Path:
        """Frames for the executors, where make and the report's commands put them."""
        return self.folder / "frames.npy"

    @property
    def detections(self) -> Path:
        """The picture of ``detect``, where make and the report's commands put it."""
        return self.folder / "detections.png"

    @property
    def cost(self) -> Path:
        """The figures beside the paper's, where make and the report's commands put them."""
        return self.folder / "cost.json"

    # --- work folders of what runs on a build ---

    @property
    def waves(self) -> Path:
        """Waves of the RTL simulation."""
        return self.folder / "waves.fst"

    @property
    def verilator_cache(self) -> Path:
        """Compiled simulators."""
        return self.folder / ".verilator-cache"

    @property
    def hls_cpp(self) -> Path:
        """The network's HLS C++, for ``cppsim``."""
        return self.folder / "hls" / "cpp"

    @property
    def hls_cache(self) -> Path:
        """Compiled programs of it."""
        return self.folder / ".hls-cache"

    @property
    def vitis(self) -> Path:
        """The project for Vitis HLS, and what that made of it."""
        return self.folder / "hls" / "vitis"

    @property
    def synth(self) -> Path:
        """Work of ``synth``."""
        return self.folder / "synth"

    @property
    def synth_cache(self) -> Path:
        """Operators that were synthesized."""
        return self.folder / ".synth-cache"

    @property
    def pnr(self) -> Path:
        """Work of ``pnr``."""
        return self.folder / "pnr"

    @property
    def pnr_cache(self) -> Path:
        """Operators that were placed and routed."""
        return self.folder / ".pnr-cache"

    @property
    def board_sim(self) -> Path:
        """The simulated board's RTL."""
        return self.folder / "board_sim"

    @property
    def board_sim_picture(self) -> Path:
        """The boxes that the simulated board found."""
        return self.folder / "board_sim.png"

    @property
    def bench(self) -> Path:
        """Work of ``python -m flows.bench``."""
        return self.folder / "bench"

    # --- for the board ---

    @property
    def pnr_bitstream(self) -> Path:
        """Work on the bitstream of a board at a serial line."""
        return self.folder / "bitstream"

    @property
    def vivado(self) -> Path:
        """The project for Vivado."""
        return self.folder / "vivado"

    @property
    def openxc7(self) -> Path:
        """Work on a Zynq's bitstream by open tools."""
        return self.folder / "openxc7"

    @property
    def bitfiles(self) -> Path:
        """Folder of the bitstream."""
        return self.folder / "bitfile"

    @property
    def bitfile(self) -> Path:
        """The bitstream."""
        return self.bitfiles / f"{self.top}{self.bitstream}"

    @property
    def handoff(self) -> Path:
        """The description of the bitstream for PYNQ."""
        return self.bitfile.with_suffix(".hwh")

    @property
    def driver(self) -> Path:
        """The driver, which goes onto a board beside the bitstream."""
        return self.folder / "driver"

    @property
    def runtime_weights(self) -> Path:
        """Other weights and thresholds, written while the accelerator runs (FINN's name)."""
        return self.folder / "runtime_weights"

    def size(self, height: int, width: int) -> Path:
        """Words and a build of another size of the image, written while the accelerator runs."""
        return self.folder / "sizes" / f"{height}x{width}"

    @property
    def deploy(self) -> Path:
        """The folder that is copied to a board."""
        return self.folder / "deploy"
