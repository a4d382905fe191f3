"""`python -m tools.compare_studies`: run the studies, keep every verdict, and write their part of docs/compare.md."""

from __future__ import annotations

import argparse
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor, as_completed

from tools.compare_studies.page import recorded, write
from tools.compare_studies.study import study
from tools.compare_studies.truths import TRUTHS


def main() -> None:
    """Run what is asked for; each run replaces that of the same truth and seed."""
    parser = argparse.ArgumentParser(prog="python -m tools.compare_studies", description=__doc__)
    parser.add_argument("--only", action="append", choices=sorted(TRUTHS), help="this truth; may be repeated")
    parser.add_argument("--seeds", type=int, default=10, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--configurations", type=int, default=4, help="of the models where all compete; 1: untuned")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--dry", action="store_true", help="print, and keep nothing: for seeds to develop with")
    given = parser.parse_args()
    record = recorded()
    seeds = range(given.first, given.first + given.seeds)
    # Fresh processes: a forked one would share the threads of the matrix products.
    with ProcessPoolExecutor(given.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        asked = {
            pool.submit(study, name, seed, given.configurations): name
            for seed in seeds
            for name in given.only or TRUTHS
        }
        for done in as_completed(asked):
            name, run = asked[done], done.result()
            print(name, json.dumps(run), flush=True)
            if given.dry:
                continue
            kept = [each for each in record.get(name, []) if each["seed"] != run["seed"]]
            record[name] = sorted([*kept, run], key=lambda each: each["seed"])
            write(record)


if __name__ == "__main__":
    main()
