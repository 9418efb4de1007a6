"""The networks of the field, as their authors define them, with seeded weights.

They are no detectors: what they show is that the flow takes them as they are. Definitions of
Brevitas' examples are called, others are written after the public descriptions that each names.
"""
