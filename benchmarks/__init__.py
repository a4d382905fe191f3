"""The bench: training steps timed against PyTorch, JAX and scikit-learn, fairly and kept as data.

Every contender trains in a process of its own, because the waiting threads of one framework's pool take the core
from the next. All start at the same weights and must reach the same losses on the same batches before any clock
runs. Rounds are short and interleaved, so a disturbance of the machine hits all alike, and ratios are formed within
a round. `workloads.py` says what is trained, `contenders/` who trains it, `worker.py` is one process,
`turns.py` the rounds, `run.py` a whole run, `figures.py` the statistics and `report.py` the table and the record.
`growth.py` multiplies the sizes, limits the threads and, with `memory.py`, looks at the memory.
"""

from __future__ import annotations

from benchmarks.growth import run_growth
from benchmarks.growth_report import show_growth
from benchmarks.report import show
from benchmarks.run import run_bench

__all__ = ["run_bench", "run_growth", "show", "show_growth"]
