"""Make the golden games: what CartPole-v1 of Gymnasium answers, step by step.

    python -m tests.golden.make_cartpole        (from the root of the repository, with gymnasium installed)

Two games are played by chance, two are held to their end by a rule, and two leave the track, one on either side.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def game(gymnasium, number: int) -> dict[str, np.ndarray]:
    """One game: states (T + 1, 4), actions (T,), whether each step lost it (T,), and whether it was cut off."""
    env = gymnasium.make("CartPole-v1")
    env.reset(seed=number)
    core, rng = env.unwrapped, np.random.default_rng(number)
    edge = np.array([2.3, 0.5, 0.0, 0.0])
    core.state = rng.uniform(-0.05, 0.05, 4) if number < 4 else edge * (1 if number == 4 else -1)
    states, actions, lost, cut = [np.array(core.state)], [], [], False
    while not (cut or any(lost)):
        _, _, lean, turning = core.state
        action = int(rng.integers(2)) if number < 2 else int(lean + 0.5 * turning > 0)
        _, reward, terminated, cut, _ = env.step(action)
        assert reward == 1
        states.append(np.array(core.state))
        actions.append(action)
        lost.append(terminated)
    return {"states": np.array(states), "actions": np.array(actions), "lost": np.array(lost), "cut": np.array(cut)}


def main() -> None:
    """Write all games into one file."""
    import gymnasium

    games = {f"{number}.{name}": each for number in range(6) for name, each in game(gymnasium, number).items()}
    np.savez_compressed(HERE / "cartpole.npz", version=np.array(gymnasium.__version__), **games)


if __name__ == "__main__":
    main()
