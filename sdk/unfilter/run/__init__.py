"""Pixels to pixels: runtimes, the delegates that they hand graphs to, the graphs of a bundle, and tiles."""
