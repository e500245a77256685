"""nnlib: the network that the book derives, in lines that read like its equations."""

__version__ = "0.1.0"
