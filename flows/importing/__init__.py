"""The one place where ONNX files of other hands are read, checked and brought to one form."""
