"""Public tables and what `lw.compare` says of them: python -m tools.compare_tables"""
