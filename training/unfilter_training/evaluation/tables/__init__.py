"""The tables, the paper's and ours beside them, one module each, with the same four names.

- `TITLE`, `NOTE`: what the table shows, and how to read it;
- `cells(study)`: the cells it needs;
- `rows(study, measured)`: its rows, records of `results.json`;
- `markdown(rows)`: the table.
"""
