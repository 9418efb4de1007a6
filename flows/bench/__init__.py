"""``make bench``: measured figures of this flow beside those of other tools, section by section.

A section is a function of ``flows.bench.sections``; what another tool cannot do here, or is not
there, is said in words and never given a figure.
"""
