"""LiteRT under its old name: `ai_edge_litert` as the SDK imports it, made of tflite-runtime 2.14 (noxfile.py)."""
