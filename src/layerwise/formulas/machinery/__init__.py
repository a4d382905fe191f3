"""What stands behind the formulas and is none: the register, the tracer, and what several families share.

`registration` enters a formula into the registry; `tracing`, with `statements`, shows its lines and their numbers;
`windows` slides over images, and `sequences` walks along time.
"""
