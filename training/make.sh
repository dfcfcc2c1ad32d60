#!/usr/bin/env bash
# Makes daemon/models/ui: renders the sets, trains both networks, and writes the references of the tests and of doctor.
# Interrupted training resumes; an incomplete set is rendered again.
#   ./make.sh [options of train.py; default: --minutes 480]
# ELEMENT_MINUTES: training time of the element matcher. PAIRS, VALIDATION_PAIRS: size of the sets. WORK: folder of sets and
# runs. OUT, PARITY: outputs. PYTHON: interpreter that has the packages of requirements.txt.
set -euo pipefail
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- --minutes 480
work=${WORK:-.}
model=${OUT:-../daemon/models/ui}
python=${PYTHON:-.venv/bin/python}
if [ -z "${PYTHON:-}" ] && ! "$python" -c 'import cv2, PIL, safetensors, torch' 2>/dev/null; then
  [ -x "$python" ] || python3 -m venv .venv
  "$python" -m pip install -q -r requirements.txt
fi
[ -d node_modules ] || npm ci --no-audit --no-fund
node ../scripts/prepare.mjs # the generator opens the browser as the product's tests do
generate() {
  [ -f "$work/sets/$1/pairs.jsonl" ] || npm run -s mockups -- generate "$work/sets/$1" --split "$1" --pairs "$2"
}
generate train "${PAIRS:-6000}"
generate validation "${VALIDATION_PAIRS:-300}"
"$python" train.py --train "$work/sets/train" --validation "$work/sets/validation" --run "$work/runs/ui" --out "$model" \
  --objective correspond "$@"
"$python" train_elements.py "$model" --train "$work/sets/train" --validation "$work/sets/validation" --run "$work/runs/elements" \
  --minutes "${ELEMENT_MINUTES:-70}" --threads "${ELEMENT_THREADS:-2}"
"$python" write_parity.py "$model" "${PARITY:-../daemon/test/fixtures/ui/parity.safetensors}"
[ -n "${OUT:-}" ] || node ../scripts/make-self-test.mjs
