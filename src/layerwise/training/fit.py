"""`fit`: training in one call."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from layerwise.losses import Loss
from layerwise.network import Network
from layerwise.optimizers import Optimizer
from layerwise.regularizers import Regularizer
from layerwise.schedules import Schedule
from layerwise.training.events import Listener
from layerwise.training.history import History
from layerwise.training.run import Run


def fit(
    net: Network,
    train: Any,
    *,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int = 20,
    batch_size: int = 64,
    validation: Any = None,
    sample_weight: Any = None,
    schedule: Schedule | None = None,
    regularizer: Regularizer | None = None,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    listeners: Sequence[Listener] = (),
    checkpoint: str | os.PathLike[str] | None = None,
    resume: str | os.PathLike[str] | None = None,
    seed: int = 0,
    threads: int | None = None,
    evaluate_train: bool = False,
    progress: bool | None = None,
) -> History:
    """Train a network, and return one number per epoch for everything that was measured.

    It checks what it is given, makes a `Run`, and advances it to its end; `lw.Run` can be stepped instead.

    net: changed in place. It counts its passes on from run to run, so that fitting again draws other masks and orders.
    train: a pair (x, target), x (N, ...) and target as the loss wants it. Arrays may be larger than the memory, as
        `numpy.memmap`. Or batches of your own: an iterable of pairs, or of triples (x, target, sample_weight), that is
        iterated anew for every epoch (a list of pairs, too), or a function that is called once for every epoch with its
        number, from 0, and gives such an iterable; batch_size then plays no part, and seed orders nothing.
    loss: what is to become small.
    optimizer: how theta moves. What it remembers belongs to one network: another one is refused.
    epochs: how often every sample is seen, 20 unless given.
    batch_size: samples per update, 64 unless given; the last batch of an epoch may be smaller.
    validation: a pair (x, target) to choose by, or a triple (x, target, sample_weight).
    sample_weight: (N,), 0 or more, how much each training sample counts; 1 unless given. Class weights multiply it. The
        weighted sum of a batch is divided by its rows times the mean weight of all samples, so that training descends
        the weighted loss whatever the batch size; batches of your own are divided by their own weight.
    schedule: the rate of each epoch, or with per="step" of each update.
    regularizer: a penalty on the weights, not on biases; it is not part of the recorded losses.
    clip_norm: the largest length of the gradient.
    clip_value: the largest size of its elements; both may be given.
    listeners: see `lw.Listener`.
    checkpoint: a file that is written at the start, after every epoch, and when Ctrl-C or a listener ends the run; a
        run that is killed leaves it whole.
    resume: such a file; the run goes on from its step, with the same bits as if it had never stopped. Settings and data
        must be those of the file, only `epochs` may be larger. Batches of your own are not in the file: those of the
        broken epoch are asked for again and the ones that were used passed over, so the same bits need a source that
        gives the same batches for the same epoch.
    seed: for the order of samples and the dropout masks.
    threads: 1 unless given, or those of the resumed run; on idle cores more gain much with convolutions, recurrence or
        attention and a little on large batches of other networks, and give other last bits.
    evaluate_train: record "train_loss_evaluated" too, at the price of one more pass over the training part every epoch
        (batches of your own are asked for once more): the loss of the weights at the end of the epoch, without dropout.
        "train_loss" is a mean over batches while the weights moved and dropout dropped, so it lags behind and can not
        be set beside the validation loss.
    progress: True shows it anywhere, None where a live display is possible, False nowhere.

    Ctrl-C ends the run after the step that it is in; a second one ends it at once, perhaps within an update.
    The same seed, data, settings, threads and versions give the same bits on the same kind of machine.
    Raises DivergedError when the loss leaves the range of the numbers (network and optimizer go back to the best moment
    that was kept, never worse than the start; the network to the best epoch of early stopping), DataError and
    ShapeError for data that does not fit, SettingError and KindError for other arguments, FileError for files,
    TrainingInterrupted on Ctrl-C.

    >>> import numpy as np
    >>> import layerwise as lw
    >>> x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> net = lw.Network(lw.Linear(2, 8), lw.Tanh(), lw.Linear(8, 1))
    >>> loss, optimizer = lw.BCEWithLogitsLoss(), lw.Adam(lr=0.1)
    >>> history = fit(net, (x, [[0], [1], [1], [0]]), loss=loss, optimizer=optimizer, epochs=100)
    >>> (net(x) > 0).ravel().tolist()      # XOR
    [False, True, True, False]
    """
    run = Run(
        net,
        train,
        loss=loss,
        optimizer=optimizer,
        epochs=epochs,
        batch_size=batch_size,
        validation=validation,
        sample_weight=sample_weight,
        schedule=schedule,
        regularizer=regularizer,
        clip_norm=clip_norm,
        clip_value=clip_value,
        listeners=listeners,
        checkpoint=checkpoint,
        resume=resume,
        seed=seed,
        threads=threads,
        evaluate_train=evaluate_train,
        progress=progress,
    )
    run.advance()
    return run.history
