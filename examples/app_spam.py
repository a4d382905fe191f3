"""Tell spam from ham by the words of a mail.

Run it as it is, or with a folder that holds the subfolders ham and spam:  python examples/app_spam.py FOLDER
The whole application, with pictures and a page:                           layerwise apps spam
"""

from __future__ import annotations

import sys

import layerwise as lw
from layerwise.applications import spam
from layerwise.training.evaluation import predict

SENTENCES = ("Lunch on Friday with Anna?", "Claim your free prize before Friday", "The price is 20 dollars")


def main(folder: str | None = None) -> None:
    """Print the accuracy on the test mails, then the answers for a few sentences."""
    bags = spam.bags_of(spam.read_mails(folder) if folder else spam.generated_mails())
    net, _ = spam.train(bags, seed=0)
    x, truth = bags.test
    print(f"accuracy on {len(truth)} test mails: {lw.metrics.accuracy(predict(net, x), truth):.3f}")
    for sentence in SENTENCES:  # your own?
        p, _ = lw.formulas.softmax(net(bags.of(sentence)))
        print(f"  {100 * p[0, 1]:3.0f} % spam: {sentence}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
