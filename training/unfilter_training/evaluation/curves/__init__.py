"""The curves, one module each, with the same five names as `tables` have, and `plot`.

- `TITLE`, `NOTE`, `cells(study)`, `rows(study, measured)`, `markdown(rows)`: see `tables`;
- `plot(rows, folder)`: draws PNG files into a folder and returns their names, for `tables.md` to show.
"""
