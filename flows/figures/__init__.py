"""The figures that stand in README and docs, and the records that they come from.

``docs/figures/<name>.json`` is the record of a measured run: its commands, its date, what came out.
``python -m flows.figures`` puts the records into the pages, between marks; ``--measure NAME`` runs
the commands again and writes the record anew. ``make figures`` does both.
"""
