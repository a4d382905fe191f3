"""How a row of layers is computed where twins are in use: what runs as one, and how threads share the work.

plan: what each row does, and which thread does what. sharding: a batch in shards, one for each thread. fusion,
fusion_image: layers that run as one. The rest of the library comes in by `Sequential.plan` and `shares_batches`.
"""
