"""What outlives every version: the manifest of a bundle, the tag of a filtered file, and the rules that all languages share.

Models and pure functions. Nothing here decodes a photo file or runs a graph.
"""
