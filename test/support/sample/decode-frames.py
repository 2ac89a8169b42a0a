"""Decodes DICOM images into raw little-endian int32 frames, one after another on standard output, for make-sample.ts.

Usage: python3 decode-frames.py FILE...
Needs the PyPI packages pydicom, pylibjpeg, pylibjpeg-libjpeg, pylibjpeg-openjpeg and numpy.
Each frame: one line of JSON {"rows", "columns"}, then rows * columns stored values. No rescale, no window, no inversion.
"""

import json
import sys

import numpy
import pydicom


def main(paths):
    for path in paths:
        pixels = pydicom.dcmread(path).pixel_array
        if pixels.ndim != 2:
            sys.exit(f"{path}: one frame with one sample a pixel is expected, found shape {pixels.shape}")
        line = json.dumps({"rows": pixels.shape[0], "columns": pixels.shape[1]})
        sys.stdout.buffer.write(line.encode() + b"\n" + pixels.astype("<i4").tobytes())


main(sys.argv[1:])
