"""The mutation proof: does a test fail when a formula or an optimizer is wrong?

Every mutant is the library with one small mistake (a sign, an axis, a forgotten `.T`, a stale variable). It is *killed*
when the tests of its target fail, and *survives* when they pass. A survivor is either a test that is missing, or a
change that is none (x > 0 for x >= 0, where both give the same number); those are listed, each with its reason, in
`survivors.toml`.

    python -m tools.mutate                    # every target
    python -m tools.mutate --target softmax   # one of them
    python -m tools.mutate --quick            # three mutants of each target, always the same ones

A full trial of a target is kept in docs/mutation.json, and docs/mutation.md is written from all that is kept there.
Nothing else is changed: mutants live in a copy of `src` and `tests` in a temporary folder.
"""
