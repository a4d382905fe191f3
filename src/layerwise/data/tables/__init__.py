"""Tables as people have them: a file becomes a frame, a frame decisions, decisions a dataset and its preparation.

Data flows one way through these modules, in this order:

- `source`: what lies at a path, in which encoding; `dialect`: how its cells are parted; `lines`: where a row stands
- `frame`: raw columns with a place for each row; `delimited`, `formats`: files that become one
- `interpretation/`: what a column is, one kind per file; each answer is a `decision`, which says what changes it
- `read`: all of it, for `layerwise.data.read_table`; `look`: the decisions as a table for people
"""
