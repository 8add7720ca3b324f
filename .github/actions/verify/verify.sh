#!/usr/bin/env bash
# Runs `unfilter verify` as the action's inputs say, and shows its table in the job's summary. Exits as it does.
set -uo pipefail

mkdir -p "$OUT"
options=(--json "$OUT/report.json" --junit "$OUT/junit.xml" --html "$OUT/report.html")
read -ra photos <<<"${PHOTOS:-}"
read -ra required <<<"${REQUIRE:-}"
[ ${#photos[@]} -eq 0 ] || options+=(--photos "${photos[@]}")
for runtime in "${required[@]}"; do options+=(--require "$runtime"); done
[ -z "${TOLERANCES:-}" ] || options+=(--tolerances "$TOLERANCES")
[ -z "${BASELINE:-}" ] || options+=(--baseline "$BASELINE")
[ -z "${NOTE:-}" ] || options+=(--note "$NOTE")

unfilter verify "$BUNDLE" "${options[@]}" | tee "$OUT/report.txt"
code=${PIPESTATUS[0]}

echo "report=$OUT/report.json" >>"$GITHUB_OUTPUT"
{
    echo "### unfilter verify $BUNDLE"
    echo '```'
    cat "$OUT/report.txt"
    echo '```'
} >>"$GITHUB_STEP_SUMMARY"
[ "$code" -eq 0 ] || echo "::error title=unfilter verify::$(tail -n 1 "$OUT/report.txt")"
exit "$code"
