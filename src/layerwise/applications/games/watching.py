"""Which games are shown while a network learns: few enough to see how it gets better."""

from __future__ import annotations

from layerwise.applications.application import Watch
from layerwise.applications.games.drawing import FRAME_SECONDS, Scene, in_letters
from layerwise.applications.games.learner import Progress

_MUCH = 1.5
"""By this factor it must have got better since the last game that was shown."""
_LONGEST = 200
"""Steps that are shown of a game on the way: 4 s."""


class Watched:
    """Shows a game at the beginning, and again whenever the network has become much better.

    watch: where frames are shown; None shows nothing.
    """

    def __init__(self, watch: Watch | None) -> None:
        self.watch = watch
        self.shown = 0.0

    def learning(self, progress: Progress, scene: Scene) -> None:
        """Show the beginning of a game, if there is something new to see."""
        if self.watch and progress.means[-1] >= _MUCH * self.shown:
            self.shown = progress.means[-1]
            self._show(Scene(scene.states[: _LONGEST + 1], scene.title))

    def best(self, scene: Scene) -> None:
        """Show a game to its end."""
        if self.watch:
            self._show(scene)

    def _show(self, scene: Scene) -> None:
        assert self.watch
        self.watch(lambda width: in_letters(scene, width), FRAME_SECONDS)
