"""Memory: what a batch frees is kept for the next one."""

import sys

import numpy as np


def keep_freed():
    """Let glibc's malloc keep the memory of freed arrays, up to 64 MB of it.

    A batch makes arrays of megabytes and frees them. What is free at the end beyond twice the largest array freed so
    far, malloc gives back to the kernel, page by page, and the next batch has to fetch it again, each page cleared:
    up to half the time of a convolutional network. So here it sees a large array freed, the largest that it takes
    notice of. Nothing is written to it: it needs no memory itself. Whoever sets ``MALLOC_TRIM_THRESHOLD_`` decides.
    """
    if sys.platform == "linux":
        np.empty(2**25 - 2**16, np.uint8)
