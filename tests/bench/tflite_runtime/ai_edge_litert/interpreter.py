"""The interpreter of tflite-runtime, which has the API of ai-edge-litert's."""

from tflite_runtime.interpreter import Interpreter, OpResolverType

__all__ = ["Interpreter", "OpResolverType"]
