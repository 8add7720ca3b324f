"""The paper's tables, and what a restorable file is worth: all measured through files that were saved and read back.

    subjects + photo sets  --cells-->  measured values, kept on disk  --tables, curves-->  tables.md, results.json, plots

- `carriers/`: files that a filtered photo may travel in (PNG, JPEG, JPEG twice, WebP, AVIF, ...), equal siblings;
- `ways/`: ways to save a filtered picture so that its photo comes back, ours and a sceptic's, equal siblings;
- `measurements/`: what one cell of a table rests on: one number or a few, of one photo;
- `tables/`: one module per table, the paper's and ours, `curves/`: one per plot, all with `cells`, `rows`, `markdown` (and
  `plot`);
- `study.py`: what is measured; `cells.py`: the values that were measured before; `report.py`: what is written.
"""
