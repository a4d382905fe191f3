"""Real tables at the first command:  python -m tools.real_tables

The tables lie in packages (`pip install -e ".[tables-test]"`), each with the target that a person would choose
(`targets.toml`). Each is read, compared cell by cell with what an independent reader finds, and trained by the command
line; docs/real_tables.md tells how it went.
"""
