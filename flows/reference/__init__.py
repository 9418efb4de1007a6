"""The imported QONNX file as the first reference: executed as it stands, compared with."""
