"""One way to ask whether bad input is refused: the right type of error, a sentence with the right words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.tally import Tally

from layerwise.errors import LayerwiseError


def refused(tally: Tally, error: type[LayerwiseError], words: str | tuple[str, ...], call: Callable[[], Any]) -> None:
    """Require that the call raises exactly this error, with all of these words in its message, and count it."""
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert isinstance(caught.value, ValueError | TypeError | OSError | AttributeError)
    for word in (words,) if isinstance(words, str) else words:
        assert word in str(caught.value)
    tally.add("bad input")
