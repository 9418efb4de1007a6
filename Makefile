# DupNet on FPGA: from the Brevitas network to verified RTL. `make help` lists everything.

# Variables that may stand on the command line. Their values are data: nothing in one is expanded by
# make or reaches a shell as its text, for recipes read them from the environment, as $GIVEN_NAME.
VARIABLES := MODEL BOARD TARGET_FPS PIXELS_PER_CLOCK CAMERA CAMERA_LANES SIZE MODEL_SEED CHECKPOINT IMAGE INPUT N FRAMES \
             GRADE MHZ STALLS FINN_HLSLIB SECTIONS ONLY STAGES BUILDS NODES JOBS SEED WHOLE WAVES WAVE_START WAVE_CLOCKS \
             THRESHOLD FOLDING HOST WITHOUT_BITFILE VIDEO WAY SEEDS MARGIN MEASURED PARETO TORCH_INDEX SPLIT OUT DATA \
             EPOCHS RUN_DIR TRAIN_ARGS PRESET COMPARE COMPARE_ARGS MEASURE SAMPLE PYTHON NAME PICTURES BUILD
given_names := $(foreach v,$(.VARIABLES),$(if $(filter command,$(origin $v)),$v))
# variables of the environment do not count
ignored_names := $(foreach v,$(VARIABLES),$(if $(findstring environment,$(origin $v)),$v))
$(foreach v,$(ignored_names),$(eval override undefine $v))
$(foreach v,$(filter $(given_names),$(VARIABLES)),$(eval override $v := $$(value $v)))
override SHELL := /bin/sh
override .SHELLFLAGS := -c

define newline


endef
$(foreach v,$(filter $(given_names),$(VARIABLES)),$(if $(findstring $(newline),$($v)),\
  $(error $v= has a line break in its value)))
ifneq ($(findstring e,$(filter-out -%,$(firstword $(MAKEFLAGS)))),)
$(error make -e: variables of the environment do not count here)
endif
ifneq ($(words $(CURDIR)),1)
$(error $(CURDIR): the path of this folder has a space, which make cannot handle; move it)
endif
ifeq ($(wildcard requirements.lock),)
$(error run make in the folder of this Makefile (make -C FOLDER ...))
endif

MODEL       ?= dupnet-tinier-yolo
BOARD       ?= Pynq-Z2
# a serial line takes less than one frame a second
TARGET_FPS  ?= $(if $(filter ULX3S-85F Tang-Nano-20K,$(BOARD)),10,60)
PIXELS_PER_CLOCK ?=
CAMERA      ?=
CAMERA_LANES ?=
SIZE        ?= 512
MODEL_SEED  ?= 1
IMAGE       ?=
PICTURES    ?=
INPUT       ?=
N           ?= 3
FRAMES      ?= 2
STALLS      ?= 0
FINN_HLSLIB ?=
SECTIONS    ?=
ONLY        ?=
STAGES      ?=
BUILDS      ?= both
NODES       ?=
HOST        ?=
JOBS        ?=
SEED        ?= 1
WAVES       ?=
WHOLE       ?= 1
WAVE_START  ?= 0
WAVE_CLOCKS ?= 20000
THRESHOLD   ?=
FOLDING     ?=
WITHOUT_BITFILE ?=
VIDEO       ?= 0
WAY         ?=
SEEDS       ?=
MARGIN      ?=
GRADE       ?=
MHZ         ?=
MEASURED    ?=
PARETO      ?= dupnet-tinier-yolo ifq-tinier-yolo
TORCH_INDEX ?=
SPLIT       ?= train
OUT         ?= build/scenes
DATA        ?= build/scenes
EPOCHS      ?= 10
RUN_DIR     ?= build/runs/$(MODEL)
TRAIN_ARGS  ?=
PRESET      ?= small
COMPARE     ?= build/comparison-$(PRESET)
COMPARE_ARGS ?=
MEASURE     ?=
SAMPLE      ?=
PYTHON      ?= $(shell command -v python3.11 || command -v python3)


# what is wrong with the command line is said before anything is made
VENV    := .venv
quoted   = '$(subst ','\'',$1)'
python  := $(shell command -v $(VENV)/bin/python || printf '%s' $(call quoted,$(PYTHON)))
checked := $(shell $(call quoted,$(python)) -E -s -S -B flows/make/__main__.py \
             $(call quoted,$(given_names)) $(call quoted,$(ignored_names)) \
             $(call quoted,$(MAKECMDGOALS)) $(foreach v,$(VARIABLES),$(call quoted,$v=$($v))))
ifeq ($(firstword $(checked)),error)
$(error $(wordlist 2,9999,$(checked)))
endif
ifneq ($(firstword $(checked)),ok)
ifneq ($(filter-out help clean,$(or $(MAKECMDGOALS),help)),)
$(error Python 3.11 is needed, PYTHON=$(PYTHON) does not run; set PYTHON=)
endif
endif
MADE    := build
# of weights, MODEL may be a file: recipes read its path as $GIVEN_FILE, and the network is the default's
FILE    := $(filter %.onnx,$(MODEL))
ifneq ($(FILE),)
export GIVEN_FILE := $(value MODEL)
override MODEL := dupnet-tinier-yolo
endif
# of weights: the build of the network's own weights, whatever the second ones are
BUILD   ?= $(MADE)/$(MODEL)-$(BOARD)
CHECKPOINT ?= $(wildcard model/checkpoints/$(MODEL).npz)
$(foreach v,$(VARIABLES),$(eval override export GIVEN_$v := $$($v)))

# exports and build folders are told apart by the checkpoint; the plain name is of what ships
WEIGHTS := $(word 2,$(checked))
NAME    ?= $(MODEL)-$(BOARD)$(if $(filter own,$(word 3,$(checked))),-$(WEIGHTS))
FOLDER  := $(MADE)/$(NAME)
CONFIG  := $(MADE)/$(NAME).yaml
QONNX   := $(MADE)/$(MODEL)-$(SIZE)-$(WEIGHTS).onnx
EXPORTER := $(MADE)/exporter.sha256
unexport $(VARIABLES)
STAMP   := $(VENV)/.installed
RUN     := @$(VENV)/bin/python
# neighbours stay with one worker, which makes what they share once
PYTEST  := $(RUN) -m pytest -n logical --dist worksteal
# the option of a command, where the variable has a value
given    = $(if $($1),--$2="$$GIVEN_$1")
# what was written beside a file takes its place, unless it is the same
renew    = if cmp -s $@.$$$$ $@; then rm $@.$$$$; else mv $@.$$$$ $@; fi
# whether a switch is on
on       = $(filter-out 0 no false,$($1))
image    = $(call given,IMAGE,image)
input    = $(call given,INPUT,input)
way      = $(call given,WAY,way) $(call given,SEEDS,seeds) $(call given,MARGIN,margin)
nodes    = $(call given,NODES,nodes)
jobs     = $(call given,JOBS,jobs)
checkpoint = $(call given,CHECKPOINT,checkpoint)
threshold = $(call given,THRESHOLD,threshold)
pareto   = $(PARETO:%=$(MADE)/pareto-%-$(BOARD).yaml)

.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup demo test test-all fuzz-networks proofs lint docs figures cost export config build built pictured frames emulate rtlsim \
        timing board-sim bitstream bitstream-plan driver deploy cppsim weights hls synth bench gallery detect watch report scenes train compare evaluate peers pareto mutants clean FORCE

help: ## this list
	@echo "Targets:"
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z-]+):.*## (.*)/  \1|\2/' \
	  | awk -F'|' '{printf "%-17s %s\n", $$1, $$2}'
	@echo "Variables (make TARGET NAME=value):"
	@echo "  MODEL=$$GIVEN_MODEL   network of the zoo (ifq-tinier-yolo, dupnet-l-pact, ...)"
	@echo "  BOARD=$$GIVEN_BOARD   Pynq-Z1, Pynq-Z2, Zybo-Z7-10, ZCU104, KV260_SOM, ULX3S-85F, Tang-Nano-20K, ... (dupnet boards)"
	@echo "  TARGET_FPS=$$GIVEN_TARGET_FPS   frames per second that the folding has to reach"
	@echo "  PIXELS_PER_CLOCK=   instead of it: pixels of the input a clock, 1/16 to 8"
	@echo "  CAMERA=memory   frames of a camera in, boxes out (board-sim, bitstream, driver), CAMERA=video   as AXI4-Stream Video; CAMERA_LANES=4   of 4 pixels a clock"
	@echo "  FOLDING=   JSON file with PE and SIMD by node name (see $(FOLDER)/final_hw_config.json)"
	@echo "  CHECKPOINT=$$GIVEN_CHECKPOINT   trained weights (empty: of the seed)"
	@echo "  SIZE=$$GIVEN_SIZE   height and width of the input; MODEL_SEED=$$GIVEN_MODEL_SEED   seed of the weights"
	@echo "  IMAGE=   picture for demo, frames, detect, rtlsim, cppsim (default: scikit-image's portrait)"
	@echo "  PICTURES=   folder for board-sim CAMERA=memory: all of its pictures, or the first FRAMES"
	@echo "  INPUT=   frames for emulate, rtlsim, cppsim instead: .npy or .npz of integers, NHWC, or a picture"
	@echo "  N=$$GIVEN_N   frames for emulate; FRAMES=$$GIVEN_FRAMES   frames in a row for rtlsim, cppsim, demo"
	@echo "  STALLS=$$GIVEN_STALLS   probability of a stall at either end; SEED=$$GIVEN_SEED   its seed; WAVES=1   FST"
	@echo "  WAVE_START=$$GIVEN_WAVE_START   first clock of the waveform; WAVE_CLOCKS=$$GIVEN_WAVE_CLOCKS   how many (0: all)"
	@echo "  BUILDS=$$GIVEN_BUILDS   builds of cppsim: fast (built-in integers), exact (ap_int), both"
	@echo "  FINN_HLSLIB=   a clone of finn-hlslib for bench; SECTIONS=   of bench: cppsim,finn,duplicates,emulator,build,growth,camera,boards"
	@echo "  WAY=   of bitstream for a Zynq: vivado (default), open (SEEDS=4 tries four, MARGIN=1.1 asks for more)"
	@echo "  WHOLE=1   of timing: the network as one; GRADE=   speed grade of the ECP5 (6, 7, 8); MHZ=   clock wanted"
	@echo "  HOST=   board for deploy, as ssh takes it (user@address); WITHOUT_BITFILE=1   deploy without one"
	@echo "  VIDEO=film.mp4   of watch: a film, a folder of pictures, or the number of a camera"
	@echo "  THRESHOLD=   least score of a box, 0 to 1 (default: the network's own)"
	@echo "  NODES=   names of operators, a,b; JOBS=   how many at a time; PARETO=   networks; MEASURED=1   yosys too"
	@echo "  DATA=$$GIVEN_DATA   pictures of train, evaluate, peers; EPOCHS=$$GIVEN_EPOCHS; RUN_DIR=, TRAIN_ARGS=   of train"
	@echo "  OUT=$$GIVEN_OUT, SPLIT=$$GIVEN_SPLIT   of scenes; PRESET=$$GIVEN_PRESET, COMPARE= (its folder), COMPARE_ARGS=   of compare"
	@echo "  BUILD=   of weights: a build folder or its configuration (default: the network's own)"
	@echo "  ONLY=   networks of gallery, a,b; STAGES=   of gallery: export,map,verify,emulate,build,finn,rtlsim,cppsim,pixel,synth,finn_synth"
	@echo "  MEASURE=   records of docs/figures that figures measures anew first: hardware,cost,... or all (hours)"
	@echo "  PYTHON=   a Python 3.11; TORCH_INDEX=   package index for torch (a CPU build)"

setup: $(STAMP) ## make the environment in .venv

$(STAMP): requirements.lock pyproject.toml
	@"$$GIVEN_PYTHON" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "error: Python 3.11 is needed, found $$("$$GIVEN_PYTHON" --version 2>&1); set PYTHON=" >&2; exit 1; }
	@"$$GIVEN_PYTHON" -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "error: $$GIVEN_PYTHON has no venv module; on Debian: apt install python3-venv" >&2; exit 1; }
	@rm -f $(STAMP)
	"$$GIVEN_PYTHON" -m venv $(VENV)
	$(VENV)/bin/pip install --quiet $(call given,TORCH_INDEX,index-url) \
	  $$(sed -n '/^torch==/p' requirements.lock)
	$(VENV)/bin/pip install --quiet --no-deps -r requirements.lock
	$(VENV)/bin/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: pictured config ## the main job: a photograph through emulator, HLS C++ and simulated RTL; a report
	$(RUN) -m dupnet demo $(CONFIG) --frames="$$GIVEN_FRAMES" --stalls="$$GIVEN_STALLS" \
	  --seed="$$GIVEN_SEED" $(threshold) $(checkpoint) $(image)

test: setup ## the tests (some minutes)
	$(PYTEST) -m "not slow"

test-all: setup ## the tests, slow ones too
	$(PYTEST)

fuzz-networks: setup ## 200 random networks of every operator from the file to RTL and C++ (SEED=first, SAMPLE=how many; goes on where it ended)
	$(RUN) -m tests.fuzz.networks $(call given,SEED,seed) $(call given,SAMPLE,sample)

mutants: setup ## plants faults one at a time and lists those no test finds (SAMPLE=120 of them, SEED=, NODES=a,b, JOBS=n; all: hours)
	$(RUN) -m tests.mutants $(call given,NODES,only) $(call given,SAMPLE,sample) $(call given,SEED,seed) $(jobs)

proofs: setup ## proves the handshakes of the RTL without a bound (minutes); build/proofs.json
	$(RUN) -m hw.formal --json $(MADE)/proofs.json

lint: setup ## ruff, mypy, and every SystemVerilog module elaborated alone (Verilator and yosys)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(RUN) -m hw.lint

docs: setup ## the documentation site, build/site; a broken link ends it with an error
	@NO_MKDOCS_2_WARNING=1 $(VENV)/bin/python -m mkdocs build
	@echo "build/site/index.html"

figures: setup ## figures of README and docs from docs/figures (MEASURE=hardware,cost or all: measure first)
	$(RUN) -m flows.figures $(call given,MEASURE,measure)

cost: setup ## model size and complexity of every network, beside the paper's; the factors that meet them
	$(RUN) -m model.complexity --json $(MADE)/cost.json
	$(RUN) -m model.reconstructions --json $(MADE)/reconstructions.json

export: $(QONNX) ## QONNX file of MODEL

$(QONNX): $(EXPORTER) | $(STAMP)
	$(RUN) -m model.export --model="$$GIVEN_MODEL" --seed="$$GIVEN_MODEL_SEED" --size="$$GIVEN_SIZE" \
	  $(checkpoint) --out $@

config: $(CONFIG) ## the build configuration, build/<MODEL>-<BOARD>.yaml

$(CONFIG): FORCE | $(QONNX)
	$(RUN) -m flows.make.configuration --model=$(QONNX) --name=$(NAME) --network="$$GIVEN_MODEL" \
	  --board="$$GIVEN_BOARD" --fps="$$GIVEN_TARGET_FPS" $(call given,PIXELS_PER_CLOCK,pixels) \
	  $(call given,FOLDING,folding) $(call given,CAMERA,camera) $(call given,CAMERA_LANES,camera-lanes) >$@.$$$$ && $(renew)

# what exports: where it has changed, files of before are exported again
$(EXPORTER): FORCE | $(STAMP)
	@mkdir -p $(MADE)
	$(RUN) -m model.exporter >$@.$$$$ && $(renew)

pictured: setup # a picture that cannot be read is said before anything is built
ifneq ($(IMAGE),)
	$(RUN) -m flows.make.picture "$$GIVEN_IMAGE"
endif

build: config ## the accelerator: streamline, fold, map, generate RTL
	$(RUN) -m flows build $(CONFIG)

built: config
	$(RUN) -m flows build $(CONFIG) --if-changed

frames: pictured built ## frames of IMAGE, or of INPUT, as .npy
	$(RUN) -m flows frames $(CONFIG) --out $(FOLDER)/frames.npy --frames="$$GIVEN_FRAMES" --seed="$$GIVEN_SEED" $(image) $(input)

emulate: pictured built ## the emulator against the Brevitas model on N frames
	$(RUN) -m flows frames $(CONFIG) --out $(FOLDER)/frames-$(N).npy --frames="$$GIVEN_N" --seed="$$GIVEN_SEED" $(image) $(input)
	$(RUN) -m flows emulate $(CONFIG) --input $(FOLDER)/frames-$(N).npy --brevitas $(checkpoint)

rtlsim: frames ## the simulated RTL against the emulator on FRAMES frames
	$(RUN) -m flows rtlsim $(CONFIG) --input $(FOLDER)/frames.npy --output $(FOLDER)/integers.npy \
	  --stalls="$$GIVEN_STALLS" --seed="$$GIVEN_SEED" \
	  $(if $(call on,WAVES),--waves --wave-start="$$GIVEN_WAVE_START" \
    --wave-clocks="$$GIVEN_WAVE_CLOCKS")

cppsim: frames ## the HLS C++, compiled, against the emulator on FRAMES frames
	$(RUN) -m flows cppsim $(CONFIG) --input $(FOLDER)/frames.npy --output $(FOLDER)/integers.npy \
	  --build="$$GIVEN_BUILDS" $(if $(CAMERA),$(image))

weights: $(if $(FILE),setup,$(QONNX)) ## MODEL=second.onnx (or CHECKPOINT=) as weights for BUILD, a build that takes such while it runs
	$(RUN) -m flows weights "$$GIVEN_BUILD" --model="$(if $(FILE),$$GIVEN_FILE,$(QONNX))"

hls: pictured built ## every operator and the network through Vitis HLS (NODES=a,b: only these)
	$(RUN) -m flows frames $(CONFIG) --out $(FOLDER)/frames-1.npy --frames 1 --seed="$$GIVEN_SEED" $(image)
	$(RUN) -m flows hls $(CONFIG) --input $(FOLDER)/frames-1.npy $(nodes)

synth: built ## LUT, FF, BRAM, DSP of every operator and of the whole by yosys (NODES=a,b, JOBS=n, WHOLE=0: operators alone)
	$(RUN) -m flows synth $(CONFIG) $(nodes) $(jobs) $(if $(call on,WHOLE),,--no-whole)

# the whole takes an hour: only where it was asked for
whole = $(if $(and $(filter WHOLE,$(given_names)),$(call on,WHOLE)),--whole)
timing: built ## clock and critical path of every operator on an ECP5, by nextpnr (NODES=a,b, JOBS=n; WHOLE=1: of the network; GRADE=8, MHZ=125)
	$(RUN) -m flows pnr $(CONFIG) --seed="$$GIVEN_SEED" $(nodes) $(jobs) $(whole) \
	  $(call given,GRADE,speed) $(call given,MHZ,mhz)

pareto: setup ## frames/s against LUTs of DupNet and IFQ-Tinier-YOLO on BOARD (MEASURED=1: yosys too, hours)
	@for model in $(PARETO); do \
	  $(MAKE) --no-print-directory config MODEL=$$model PIXELS_PER_CLOCK=1 \
	    NAME=pareto-$$model-$(BOARD) || exit 1; done
	$(RUN) -m flows pareto $(firstword $(pareto)) --beside $(wordlist 2,9,$(pareto)) \
	  --out $(MADE)/pareto-$(BOARD) $(if $(call on,MEASURED),--measured) $(jobs)

board-sim: pictured built ## IMAGE through the driver on a simulated board (shell, accelerator, memory), to boxes
	$(RUN) -m flows board-sim $(CONFIG) $(threshold) --stalls="$$GIVEN_STALLS" --seed="$$GIVEN_SEED" $(image) \
	  $(call given,PICTURES,pictures) $(if $(filter FRAMES,$(given_names)),$(call given,FRAMES,frames))

# SEED is of an ECP5's placement: it is handed on where it was given
seeded = $(if $(filter SEED,$(given_names)),$(call given,SEED,seed))
bitstream: bitstream-plan built ## the file for the board, <build>/bitfile/<name>.bit (ULX3S-85F: tools of PyPI alone)
	$(RUN) -m flows bitstream $(CONFIG) $(seeded) $(way) $(jobs)

bitstream-plan: config
	$(RUN) -m flows bitstream $(CONFIG) --plan $(seeded) $(way) $(jobs)

driver: pictured built ## the driver with its description and vectors, into the build folder's driver/
	$(RUN) -m flows driver $(CONFIG) $(image)

deploy: pictured built ## the folder for the board: bitfile, driver, vectors; HOST=user@address: copied and validated
	$(RUN) -m flows deploy $(CONFIG) $(call given,HOST,host) \
	  $(if $(call on,WITHOUT_BITFILE),--without-bitfile) $(image)

detect: pictured built ## the picture with its boxes, by the emulator
	$(RUN) -m flows detect $(CONFIG) --out $(FOLDER)/detections.png $(threshold) $(image)

watch: setup ## boxes in VIDEO, a film, a folder of pictures or a camera's number (default 0), into build/detections
	$(RUN) -m dupnet.detect $(threshold) $(checkpoint) --source="$$GIVEN_VIDEO"

bench: config ## this flow beside FINN, hls4ml, onnxruntime, ... (SECTIONS=finn,duplicates: only these)
	$(RUN) -m flows.bench $(CONFIG) --json $(MADE)/bench.json --markdown $(MADE)/bench.md \
	  $(jobs) \
	  $(call given,FINN_HLSLIB,finn-hlslib) $(call given,SECTIONS,sections)

gallery: setup ## networks of the field through the whole flow, beside FINN's mapping (ONLY=tfc_1w1a,cnv_1w1a STAGES=export,map; all: hours, kept)
	$(RUN) -m flows.gallery $(call given,ONLY,only) $(call given,STAGES,stages) $(jobs)

report: cost config ## the HTML report of what has run so far
	$(RUN) -m flows report $(CONFIG) --cost $(MADE)/cost.json $(threshold)

scenes: setup ## N generated, labelled scenes (SEED, SPLIT) into OUT=folder
	$(RUN) -m model.scenes --n="$$GIVEN_N" --seed="$$GIVEN_SEED" --split="$$GIVEN_SPLIT" \
	  --out="$$GIVEN_OUT"

train: setup ## train MODEL on DATA (WIDER FACE's layout) for EPOCHS; RUN_DIR= keeps the run
	@set -f; $(VENV)/bin/python -m model.training --model="$$GIVEN_MODEL" --data="$$GIVEN_DATA" \
	  --epochs="$$GIVEN_EPOCHS" --seed="$$GIVEN_SEED" --out="$$GIVEN_RUN_DIR" $$GIVEN_TRAIN_ARGS

compare: setup ## the paper's comparison: the four networks on the same scenes (PRESET=small, medium, full)
	@set -f; $(VENV)/bin/python -m model.comparison --preset="$$GIVEN_PRESET" --out="$$GIVEN_COMPARE" \
	  $$GIVEN_COMPARE_ARGS

evaluate: setup ## CHECKPOINT of MODEL over the split val of DATA: predictions, metrics by size, a page of pictures
	@test -n "$$GIVEN_CHECKPOINT" || { echo "error: no checkpoint of $(MODEL); set CHECKPOINT=" >&2; exit 1; }
	$(RUN) -m model.evaluation network $(checkpoint) --model="$$GIVEN_MODEL" --data="$$GIVEN_DATA" \
	  --split val --size="$$GIVEN_SIZE" --out $(MADE)/evaluation-$(NAME)

# those that ship with MODEL, where none is given; the first is what rates are by
ours = $(if $(filter CHECKPOINT,$(given_names)),"$$GIVEN_CHECKPOINT",$(wildcard $(addprefix model/checkpoints/$(MODEL),.npz -*.npz)))
peers: setup ## other face detectors of PyPI beside ours over the split val of DATA (N=50: so many pictures)
	@test -n "$$GIVEN_CHECKPOINT" || { echo "error: no checkpoint of $(MODEL); set CHECKPOINT=" >&2; exit 1; }
	$(RUN) -m model.peers --data="$$GIVEN_DATA" --size="$$GIVEN_SIZE" --out $(MADE)/peers \
	  --checkpoint $(ours) $(if $(filter N,$(given_names)),$(call given,N,limit))

clean: ## remove build/ (the environment stays)
	rm -rf -- build
