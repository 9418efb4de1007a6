"""Training of the zoo's networks: `python -m model.training --help`.

From WIDER FACE folders to a checkpoint: `data` (pictures and boxes), `anchors`, `augment`,
`assign` and `loss` (YOLOv2's, one class), `lean` (the forward pass that is trained), `optimize`,
`trainer`, `statistics` (BatchNorm), `fit_biases`, `fit_gains` and `validate`.
"""
