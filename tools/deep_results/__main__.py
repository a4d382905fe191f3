"""Train the deep networks on real data, and write their section of docs/results.md.

    python -m tools.deep_results [STUDY ...] [--seeds N]

Studies: those of `tools.deep_results.page.STUDIES`, all unless given. What is not run again keeps its place on the
page. Names, mails and ratings are read from LAYERWISE_DATA_MIRROR. Takes about an hour on two cores.
"""

from __future__ import annotations

import argparse
import sys

from tools.deep_results.page import STUDIES, recorded, write

from layerwise.checks import one_of


def main() -> None:
    """Run, tell how far it is, and write the page after every seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("studies", nargs="*", default=list(STUDIES), metavar="STUDY")
    parser.add_argument("--seeds", type=int, help="how many, instead of what each study asks for")
    chosen = parser.parse_args()
    for name in chosen.studies:
        study, runs = STUDIES[one_of("study", name, STUDIES)], []
        for seed in range(chosen.seeds or study.seeds):
            runs.append(study.run(seed))
            print(f"{name} seed {seed}: {runs[-1]['score']:.4f} in {runs[-1]['seconds']:.0f} s", file=sys.stderr)
            write(recorded() | {name: runs})


if __name__ == "__main__":
    main()
