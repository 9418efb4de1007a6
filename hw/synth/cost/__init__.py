"""Cost models of the operators: LUT, FF, LUT RAM and block RAM, fitted to runs of yosys.

``features`` says what an operator is made of, ``model`` weighs that with coefficients, which
``fit`` finds from the runs in ``data/runs.jsonl``; ``measure`` makes and renews those runs.
Estimates of estimates: yosys places nothing, and the fit's error is in ``data/coefficients.json``.
"""
