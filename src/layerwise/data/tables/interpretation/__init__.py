"""What a column is: one kind per file. `column.interpret` asks them in turn: number, date, category; `target` decides
about the target, `index` knows columns that only count the rows."""
