"""Labels of other layouts into WIDER FACE's, which training and evaluation read.

`python -m model.data.convert coco|yolo --help`.
"""
