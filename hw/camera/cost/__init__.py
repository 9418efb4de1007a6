"""Cost models of the camera path's modules: LUT, FF, block RAM and DSP slices by its sizes.

As those of the operators (``hw.synth.cost``): features with coefficients that are fitted to runs of
yosys. ``python -m hw.camera.cost`` measures and fits; the solver keeps room for what ``shell_cost``
says.
"""
