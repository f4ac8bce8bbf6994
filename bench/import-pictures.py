"""Makes pictures and decodes them as notebooks do; one command a line on stdin, its seconds on stdout."""

import multiprocessing
import os
import sys
import time

import numpy as np
from PIL import Image


def make(folder, count, width, height, seed):
    """Photos in everything that matters to a decoder: smooth regions, noise and edges."""
    random = np.random.default_rng(seed)
    for index in range(count):
        w, h = (int(side * random.uniform(0.75, 1.25)) for side in (width, height))
        smooth = Image.fromarray(random.integers(0, 256, (12, 12, 3), dtype=np.uint8)).resize((w, h), Image.BICUBIC)
        grain = Image.fromarray(random.integers(96, 160, (h // 2, w // 2, 3), dtype=np.uint8)).resize((w, h), Image.BICUBIC)
        pixels = np.asarray(smooth).astype(np.int16) + np.asarray(grain).astype(np.int16) - 128
        for _ in range(6):
            top, left = int(random.integers(0, h - 20)), int(random.integers(0, w - 20))
            pixels[top : top + h // 4, left : left + w // 4] = random.integers(0, 256, 3)
        label = "cat" if index % 2 else "dog"
        os.makedirs(os.path.join(folder, label), exist_ok=True)
        picture = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
        picture.save(os.path.join(folder, label, f"{index:05}.jpg"), quality=int(random.integers(80, 95)))


def files(folder):
    return sorted(os.path.join(root, name) for root, _, names in os.walk(folder) for name in names)


def decode(file):
    return Image.open(file).convert("L").resize((32, 32), Image.BILINEAR).tobytes()


def keras(folder):
    import keras

    data = keras.utils.image_dataset_from_directory(folder, image_size=(32, 32), color_mode="grayscale", batch_size=64, verbose=False)
    for _ in data:
        pass


def run(command, folder, rest):
    if command == "make":
        make(folder, *map(int, rest))
    elif command == "one":
        for file in files(folder):
            decode(file)
    elif command == "two":
        with multiprocessing.Pool(2) as pool:
            pool.map(decode, files(folder), chunksize=32)
    elif command == "keras":
        keras(folder)


for line in sys.stdin:
    name, place, *others = line.rstrip("\n").split("\t")
    if name == "keras":
        import keras as _
    start = time.perf_counter()
    run(name, place, others)
    print(time.perf_counter() - start, flush=True)
