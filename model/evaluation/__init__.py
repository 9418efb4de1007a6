"""How well faces are found: WIDER FACE's and FDDB's protocols, and a rate for any boxes.

`python -m model.evaluation wider|fddb|boxes` prints the figures of files on disk.
"""
