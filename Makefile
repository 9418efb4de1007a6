# DupNet on FPGA: from the Brevitas network to verified RTL. `make help` lists everything.

ifneq ($(words $(CURDIR)),1)
$(error $(CURDIR): the path of this folder has a space, which make cannot handle; move it)
endif
ifeq ($(wildcard requirements.lock),)
$(error run make in the folder of this Makefile (make -C FOLDER ...))
endif

MODEL       ?= dupnet-tinier-yolo
BOARD       ?= Pynq-Z2
# the line to an ULX3S takes less than one frame a second
TARGET_FPS  ?= $(if $(filter ULX3S-85F,$(BOARD)),10,60)
PIXELS_PER_CLOCK ?=
SIZE        ?= 512
MODEL_SEED  ?= 1
CHECKPOINT  ?= $(wildcard model/checkpoints/$(MODEL).npz)
IMAGE       ?=
N           ?= 3
FRAMES      ?= 2
STALLS      ?= 0
FINN_HLSLIB ?=
SECTIONS    ?=
BUILDS      ?= both
NODES       ?=
JOBS        ?=
SEED        ?= 1
WAVES       ?=
WAVE_START  ?= 0
WAVE_CLOCKS ?= 20000
THRESHOLD   ?=
FOLDING     ?=
WITHOUT_BITFILE ?=
WAY         ?=
MEASURED    ?=
PARETO      ?= dupnet-tinier-yolo ifq-tinier-yolo
TORCH_INDEX ?=
SPLIT       ?= train
SCENES       = $(if $(filter command line,$(origin OUT)),$(OUT),build/scenes)
DATA        ?= build/scenes
EPOCHS      ?= 10
RUN_DIR     ?= build/runs/$(MODEL)
TRAIN_ARGS  ?=
PRESET      ?= small
COMPARE     ?= build/comparison-$(PRESET)
COMPARE_ARGS ?=
PYTHON      ?= $(shell command -v python3.11 || command -v python3)

BUILD   := build
NAME    := $(MODEL)-$(BOARD)
OUT     := $(BUILD)/$(NAME)
CONFIG  := $(BUILD)/$(NAME).yaml
WEIGHTS := $(if $(CHECKPOINT),trained,seed$(MODEL_SEED))
QONNX   := $(BUILD)/$(MODEL)-$(SIZE)-$(WEIGHTS).onnx
VENV    := .venv
STAMP   := $(VENV)/.installed
RUN     := @$(VENV)/bin/python
PYTEST  := $(RUN) -m pytest -n auto
way      = $(if $(WAY),--way "$(WAY)")
image    = $(if $(IMAGE),--image "$(IMAGE)")
target   = $(if $(PIXELS_PER_CLOCK),pixels_per_clock: $(PIXELS_PER_CLOCK),target_fps: $(TARGET_FPS))
host     = $(if $(filter command,$(origin HOST)),--host "$(HOST)")
pareto   = $(PARETO:%=$(BUILD)/pareto-%-$(BOARD).yaml)
weights  = $(if $(CHECKPOINT),--checkpoint "$(CHECKPOINT)")
threshold = $(if $(THRESHOLD),--threshold "$(THRESHOLD)")

.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup demo test test-all lint cost export config build built frames emulate rtlsim \
        timing board-sim bitstream bitstream-plan driver deploy cppsim hls synth bench detect report scenes train compare evaluate pareto mutants clean FORCE

help: ## this list
	@echo "Targets:"
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z-]+):.*## (.*)/  \1|\2/' \
	  | awk -F'|' '{printf "%-12s%s\n", $$1, $$2}'
	@echo "Variables (make TARGET NAME=value):"
	@echo "  MODEL=$(MODEL)   network of the zoo (ifq-tinier-yolo, dupnet-l-pact, ...)"
	@echo "  BOARD=$(BOARD)   Pynq-Z1, Pynq-Z2, Zybo-Z7-10, Ultra96-V2, ZCU104, KV260_SOM, ULX3S-85F"
	@echo "  TARGET_FPS=$(TARGET_FPS)   frames per second that the folding has to reach"
	@echo "  PIXELS_PER_CLOCK=   instead of it: pixels of the input a clock, 1/16 to 8"
	@echo "  FOLDING=   JSON file with PE and SIMD by node name (see $(NAME)/final_hw_config.json)"
	@echo "  CHECKPOINT=$(CHECKPOINT)   trained weights (empty: of the seed)"
	@echo "  SIZE=$(SIZE)   height and width of the input; MODEL_SEED=$(MODEL_SEED)   seed of the weights"
	@echo "  IMAGE=   picture for demo, frames, detect, rtlsim, cppsim (default: scikit-image's portrait)"
	@echo "  N=$(N)   frames for emulate; FRAMES=$(FRAMES)   frames in a row for rtlsim, cppsim, demo"
	@echo "  STALLS=$(STALLS)   probability of a stall at either end; SEED=$(SEED)   its seed; WAVES=1   FST"
	@echo "  WAVE_START=$(WAVE_START)   first clock of the waveform; WAVE_CLOCKS=$(WAVE_CLOCKS)   how many (0: all)"
	@echo "  BUILDS=$(BUILDS)   builds of cppsim: fast (built-in integers), exact (ap_int), both"
	@echo "  FINN_HLSLIB=   a clone of finn-hlslib for bench; SECTIONS=   of bench: cppsim,finn,folds,emulator,build,growth"
	@echo "  WAY=   of bitstream for a Zynq: vivado (default), open"
	@echo "  HOST=   board for deploy, as ssh takes it (user@address); WITHOUT_BITFILE=1   deploy without one"
	@echo "  THRESHOLD=   least score of a box, 0 to 1 (default: the network's own)"
	@echo "  PYTHON=   a Python 3.11; TORCH_INDEX=   package index for torch (a CPU build)"

setup: $(STAMP) ## make the environment in .venv

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "error: Python 3.11 is needed, found $$($(PYTHON) --version 2>&1); set PYTHON=" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "error: $(PYTHON) has no venv module; on Debian: apt install python3-venv" >&2; exit 1; }
	@rm -f $(STAMP)
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) \
	  $$(sed -n '/^torch==/p' requirements.lock)
	$(VENV)/bin/pip install --quiet --no-deps -r requirements.lock
	$(VENV)/bin/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: config cost ## the main job: a photograph through emulator, HLS C++ and simulated RTL; a report
	$(RUN) -m flows build $(CONFIG)
	$(RUN) -m flows frames $(CONFIG) --out $(OUT)/frames.npy --frames $(FRAMES) --seed $(SEED) $(image)
	$(RUN) -m flows emulate $(CONFIG) --input $(OUT)/frames.npy --brevitas $(weights)
	$(RUN) -m flows rtlsim $(CONFIG) --input $(OUT)/frames.npy --output $(OUT)/integers.npy \
	  --stalls $(STALLS) --seed $(SEED)
	$(RUN) -m flows cppsim $(CONFIG) --input $(OUT)/frames.npy --build fast
	$(RUN) -m flows detect $(CONFIG) --integers $(OUT)/integers.npy --out $(OUT)/detections.png \
	  $(threshold) $(image)
	$(RUN) -m flows report $(CONFIG) --image $(OUT)/detections.png --cost $(BUILD)/cost.json

test: setup ## the tests (some minutes)
	$(PYTEST) -m "not slow"

test-all: setup ## the tests, slow ones too
	$(PYTEST)

mutants: setup ## plants faults one at a time and lists those no test finds (NODES=a,b, JOBS=n; hours)
	$(RUN) -m tests.mutants $(if $(NODES),--only "$(NODES)") $(if $(JOBS),--jobs $(JOBS))

lint: setup ## ruff, mypy, and every SystemVerilog module elaborated alone (Verilator and yosys)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(RUN) -m hw.lint

cost: setup ## model size and complexity of every network, beside the paper's
	$(RUN) -m model.cost --json $(BUILD)/cost.json

export: $(QONNX) ## QONNX file of MODEL

$(QONNX): $(CHECKPOINT) | $(STAMP)
	@mkdir -p $(BUILD)
	$(RUN) -m model.export --model $(MODEL) --seed $(MODEL_SEED) --size $(SIZE) $(weights) --out $@

config: $(CONFIG) ## the build configuration, build/<MODEL>-<BOARD>.yaml

$(CONFIG): FORCE | $(QONNX)
	@printf '%s\n' "model: $(notdir $(QONNX))" "output_dir: $(NAME)" "name: $(subst -,_,$(MODEL))" \
	  "board: $(BOARD)" "$(target)" \
	  $(if $(FOLDING),"folding_config_file: $$(realpath "$(FOLDING)")") > $@.part
	@cmp -s $@.part $@ && rm $@.part || mv $@.part $@

build: config ## the accelerator: streamline, fold, map, generate RTL
	$(RUN) -m flows build $(CONFIG)

built: config
	$(RUN) -m flows build $(CONFIG) --if-changed

frames: built ## frames of IMAGE as .npy
	$(RUN) -m flows frames $(CONFIG) --out $(OUT)/frames.npy --frames $(FRAMES) --seed $(SEED) $(image)

emulate: built ## the emulator against the Brevitas model on N frames
	$(RUN) -m flows frames $(CONFIG) --out $(OUT)/frames-$(N).npy --frames $(N) --seed $(SEED) $(image)
	$(RUN) -m flows emulate $(CONFIG) --input $(OUT)/frames-$(N).npy --brevitas $(weights)

rtlsim: frames ## the simulated RTL against the emulator on FRAMES frames
	$(RUN) -m flows rtlsim $(CONFIG) --input $(OUT)/frames.npy --output $(OUT)/integers.npy \
	  --stalls $(STALLS) --seed $(SEED) \
	  $(if $(WAVES),--waves --wave-start $(WAVE_START) --wave-clocks $(WAVE_CLOCKS))

cppsim: frames ## the HLS C++, compiled, against the emulator on FRAMES frames
	$(RUN) -m flows cppsim $(CONFIG) --input $(OUT)/frames.npy --output $(OUT)/integers.npy \
	  --build $(BUILDS)

hls: built ## every operator and the network through Vitis HLS (NODES=a,b: only these)
	$(RUN) -m flows frames $(CONFIG) --out $(OUT)/frames-1.npy --frames 1 --seed $(SEED) $(image)
	$(RUN) -m flows hls $(CONFIG) --input $(OUT)/frames-1.npy $(if $(NODES),--nodes "$(NODES)")

synth: built ## LUT, FF, BRAM, DSP of every operator by yosys, beside the board's (NODES=a,b, JOBS=n)
	$(RUN) -m flows synth $(CONFIG) $(if $(NODES),--nodes "$(NODES)") $(if $(JOBS),--jobs $(JOBS))

timing: built ## clock and critical path of every operator on an ECP5, by nextpnr (NODES=a,b, JOBS=n)
	$(RUN) -m flows pnr $(CONFIG) --seed $(SEED) $(if $(NODES),--nodes "$(NODES)") $(if $(JOBS),--jobs $(JOBS))

pareto: setup ## frames/s against LUTs of DupNet and IFQ-Tinier-YOLO on BOARD (MEASURED=1: yosys too, hours)
	@for model in $(PARETO); do \
	  $(MAKE) --no-print-directory config MODEL=$$model PIXELS_PER_CLOCK=1 \
	    NAME=pareto-$$model-$(BOARD) || exit 1; done
	$(RUN) -m flows pareto $(firstword $(pareto)) --beside $(wordlist 2,9,$(pareto)) \
	  --out $(BUILD)/pareto-$(BOARD) $(if $(MEASURED),--measured) $(if $(JOBS),--jobs $(JOBS))

board-sim: built ## IMAGE through the driver on a simulated board (shell, accelerator, memory), to boxes
	$(RUN) -m flows board-sim $(CONFIG) $(threshold) --stalls $(STALLS) --seed $(SEED) $(image)

bitstream: bitstream-plan built ## the file for the board, <build>/bitfile/<name>.bit (ULX3S-85F: tools of PyPI alone)
	$(RUN) -m flows bitstream $(CONFIG) --seed $(SEED) $(way) $(if $(JOBS),--jobs $(JOBS))

bitstream-plan: config
	$(RUN) -m flows bitstream $(CONFIG) --plan $(way)

driver: built ## the driver with its description and vectors, into the build folder's driver/
	$(RUN) -m flows driver $(CONFIG) $(image)

deploy: built ## the folder for the board: bitfile, driver, vectors; HOST=user@address: copied and validated
	$(RUN) -m flows deploy $(CONFIG) $(host) \
	  $(if $(WITHOUT_BITFILE),--without-bitfile) $(image)

detect: built ## the picture with its boxes, by the emulator
	$(RUN) -m flows detect $(CONFIG) --out $(OUT)/detections.png $(threshold) $(image)

bench: config ## this flow beside FINN, hls4ml, onnxruntime, ... (SECTIONS=finn,folds: only these)
	$(RUN) -m flows.bench $(CONFIG) --json $(BUILD)/bench.json --markdown $(BUILD)/bench.md \
	  $(if $(JOBS),--jobs $(JOBS)) \
	  $(if $(FINN_HLSLIB),--finn-hlslib "$(FINN_HLSLIB)") $(if $(SECTIONS),--sections $(SECTIONS))

report: cost config ## the HTML report of what has run so far
	$(RUN) -m flows report $(CONFIG) --image $(OUT)/detections.png --cost $(BUILD)/cost.json

scenes: setup ## N generated, labelled scenes (SEED, SPLIT) into OUT=folder
	$(RUN) -m model.scenes --n $(N) --seed $(SEED) --split $(SPLIT) --out "$(SCENES)"

train: setup ## train MODEL on DATA (WIDER FACE's layout) for EPOCHS; RUN_DIR= keeps the run
	$(RUN) -m model.training --model $(MODEL) --data "$(DATA)" --epochs $(EPOCHS) --seed $(SEED) \
	  --out "$(RUN_DIR)" $(TRAIN_ARGS)

compare: setup ## the paper's comparison: the four networks on the same scenes (PRESET=small, medium, full)
	$(RUN) -m model.comparison --preset $(PRESET) --out "$(COMPARE)" $(COMPARE_ARGS)

evaluate: setup ## CHECKPOINT of MODEL over the split val of DATA: predictions and metrics
	@test -n "$(CHECKPOINT)" || { echo "error: no checkpoint of $(MODEL); set CHECKPOINT=" >&2; exit 1; }
	$(RUN) -m model.evaluation network --checkpoint "$(CHECKPOINT)" --model $(MODEL) \
	  --data "$(DATA)" --split val --size $(SIZE) --out $(BUILD)/evaluation-$(MODEL)

clean: ## remove build/ (the environment stays)
	rm -rf -- build
