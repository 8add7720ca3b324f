"""Checkpoint to bundle: the network in export form, then ONNX, TFLite and Core ML, forward and inverse."""
