"""Trains one model with Keras, an epoch whenever a line comes in. Told what to build by a line of JSON; answers in JSON."""

import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras  # noqa: E402
import numpy as np  # noqa: E402
from tensorflow.python.util import _pywrap_util_port  # noqa: E402

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def answer(**values):
    print(json.dumps(values), file=answers, flush=True)


def layer_of(kind, params):
    activation = params.get("activation") or "linear"
    window = {"padding": params.get("padding", "valid"), "activation": activation}
    if kind == "conv2d":
        return keras.layers.Conv2D(params["filters"], params["kernelSize"], **window)
    if kind == "conv1d":
        return keras.layers.Conv1D(params["filters"], params["kernelSize"], **window)
    if kind == "maxPooling2d":
        return keras.layers.MaxPooling2D(params["poolSize"])
    if kind == "dropout":
        return keras.layers.Dropout(params["rate"])
    if kind == "batchNormalization":
        return keras.layers.BatchNormalization()
    if kind == "flatten":
        return keras.layers.Flatten()
    if kind == "dense":
        return keras.layers.Dense(params["units"], activation=activation)
    raise ValueError(f"no Keras layer is known for {kind}")


class EpochByEpoch(keras.callbacks.Callback):
    """Waits for a line before each epoch and tells how long it took."""

    def on_epoch_begin(self, epoch, logs=None):
        if not sys.stdin.readline():
            sys.exit(0)
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        answer(seconds=time.perf_counter() - self.started, loss=float(logs["loss"]))


def main():
    plan = json.loads(sys.stdin.readline())
    started = time.perf_counter()
    model = keras.Sequential(
        [keras.Input(plan["shape"])] + [layer_of(kind, params) for kind, params in plan["layers"]]
    )
    losses = {
        "binaryCrossentropy": "binary_crossentropy",
        "categoricalCrossentropy": "categorical_crossentropy",
        "meanSquaredError": "mse",
    }
    metrics = [] if plan["loss"] == "meanSquaredError" else ["accuracy"]
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss=losses[plan["loss"]], metrics=metrics)
    build_seconds = time.perf_counter() - started
    count, units = plan["samples"], plan["units"]
    inputs = np.fromfile(plan["inputs"], dtype=np.float32).reshape([count, *plan["shape"]])
    targets = np.fromfile(plan["targets"], dtype=np.float32).reshape([count, 1])
    if units > 1:
        targets = np.eye(units, dtype=np.float32)[targets[:, 0].astype(np.int64)]
    answer(
        ready=True,
        buildSeconds=build_seconds,
        parameters=model.count_params(),
        version=keras.version(),
        oneDnn=_pywrap_util_port.IsMklEnabled(),
    )
    model.fit(
        inputs,
        targets,
        batch_size=plan["batch"],
        epochs=plan["epochs"],
        verbose=0,
        callbacks=[EpochByEpoch()],
    )


main()
