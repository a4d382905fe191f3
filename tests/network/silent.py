"""A tap that looks at nothing: with it, the layers of a network run one by one."""

from __future__ import annotations

from typing import Any

import layerwise as lw


class Silent(lw.Tap):
    def activation(self, address: str, value: Any) -> None:
        pass

    def gradient(self, address: str, gradient: Any) -> None:
        pass
