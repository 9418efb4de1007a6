"""The Vivado project around an accelerator: block design, synthesis, bitstream, reports."""
