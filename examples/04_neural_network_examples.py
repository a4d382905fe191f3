"""Neural networks in small experiments, each a question whose answer is a number and a picture.

    python examples/04_neural_network_examples.py --list
    python examples/04_neural_network_examples.py xor dropout
    python examples/04_neural_network_examples.py --pictures pictures

The experiments stand in `neural_networks/`, one file for each subject. The notebook
`notebooks/04_neural_networks.ipynb` derives the formulas that they use.
"""

from __future__ import annotations

import sys

try:
    from neural_networks.command import main
except ModuleNotFoundError as error:
    if error.name != "layerwise":
        raise
    sys.exit("layerwise is not installed here: write  pip install -e .  in the folder that holds pyproject.toml")

if __name__ == "__main__":
    sys.exit(main())
