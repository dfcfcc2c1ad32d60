#!/usr/bin/env bash
# From nothing to daemon/models/ui: data, training, the test's reference. Started again, it goes on where it was stopped.
#   ./make.sh [options of train.py; without any: --minutes 480]
set -euo pipefail
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- --minutes 480
model=../daemon/models/ui
python=${PYTHON:-.venv/bin/python}
if [ ! -x "$(command -v "$python")" ]; then
  python3 -m venv .venv
  .venv/bin/pip install -r requirements.txt --extra-index-url https://download.pytorch.org/whl/cpu
fi
[ -d node_modules ] || npm ci
[ -f sets/train/pairs.jsonl ] || npm run mockups -- generate sets/train --pairs "${PAIRS:-6000}"
[ -f sets/validation/pairs.jsonl ] || npm run mockups -- generate sets/validation --split validation --pairs "${VALIDATION_PAIRS:-300}"
"$python" train.py --train sets/train --validation sets/validation --run runs/ui --out "${OUT:-$model}" "$@"
"$python" write_parity.py "${OUT:-$model}" "${PARITY:-../daemon/test/fixtures/ui/parity.safetensors}"
