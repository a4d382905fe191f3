"""The applications, in the order of the list. One stands here when it works."""

from __future__ import annotations

from layerwise.applications.application import Application
from layerwise.errors import SettingError, nearest

APPLICATIONS = {
    each.name: each
    for each in (
        Application(
            name="images",
            question="Which digit, or which of your classes, does an image show?",
            offline="1,797 handwritten digits of 8 x 8 pixels",
            data="mnist or fashion_mnist, downloaded once and checked",
            own="a folder of photos (PNG, JPEG), one subfolder a class: what a new photo shows",
            needs="",
            takes="a minute on digits, three minutes on 200 photos",
        ),
        Application(
            name="spam",
            question="Is a mail spam or ham, and which words say so?",
            offline="4,000 generated mails, whose best possible answer is known",
            data="folders ham and spam, a file a mail; a folder of SpamAssassin's archives; the SMS Spam Collection",
            own="a sentence: the answer, and the words that speak for it",
            needs="",
            takes="half a minute",
        ),
        Application(
            name="writing",
            question="What comes next in a text, letter by letter?",
            offline="the help topics of Python, 465,000 characters of English",
            data="a text file in UTF-8, 20,000 characters at least: it learns to write like that",
            own="the beginning of a sentence: how it goes on, tame and bold",
            needs="",
            takes="six minutes",
        ),
        Application(
            name="forecasting",
            question="How many sunspots will there be next year?",
            offline="the yearly sunspot numbers 1700 to 2008",
            data="",
            own="a series as CSV (time, value): its next value, with an interval",
            needs="",
            takes="half a minute",
        ),
        Application(
            name="recommendation",
            question="Which films will a person like?",
            offline="20,204 generated ratings, whose true tastes are known",
            data="ml-latest-small.zip of MovieLens (grouplens.org/datasets/movielens), or a ratings.csv in its form",
            own='films and stars, "Quiet Comet=5; Last Waltz=1": your top ten',
            needs="",
            takes="half a minute",
        ),
        Application(
            name="sounds",
            question="Which instrument is heard, and does it pay to think of features?",
            offline="3,200 generated sounds of five kinds",
            data="",
            own="a WAV file (16 bits): which of the kinds it is most like",
            needs="",
            takes="three minutes",
        ),
        Application(
            name="games",
            question="Can a network learn to balance a pole by trying?",
            offline="none but the games of CartPole that a network plays itself",
            data="",
            own='a rule, the weights of place, speed, lean and turning, "0,0,1,0.5": how long it holds the pole',
            needs="",
            takes="two minutes",
            watch="games of the network while it learns",
        ),
    )
}


def application(name: str) -> Application:
    """The application of a name. Raises SettingError for another name.

    >>> application("forecasting").takes
    'half a minute'
    """
    if name not in APPLICATIONS:
        raise SettingError(f"there is no application {name!r}.{nearest(name, APPLICATIONS)} The list: layerwise apps")
    return APPLICATIONS[name]
