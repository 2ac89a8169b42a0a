"""What a Python user would write: read every file once, hash it, parse its header; two processes."""
import hashlib
import io
import os
import sys
from multiprocessing import Pool

import pydicom


def read(path):
    with open(path, "rb") as file:
        content = file.read()
    dataset = pydicom.dcmread(io.BytesIO(content), stop_before_pixels=True)
    return hashlib.sha256(content).hexdigest(), len(content), {element.keyword: str(element.value) for element in dataset if element.keyword}


if __name__ == "__main__":
    paths = [os.path.join(folder, name) for folder, _, names in os.walk(sys.argv[1]) for name in names]
    with Pool(2) as pool:
        rows = pool.map(read, paths, chunksize=64)
    print(f"files={len(rows)}")
