"""Any file as a network of (batch, channels, rows, columns), without views of tensors."""
