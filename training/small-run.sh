#!/usr/bin/env bash
# Runs make.sh with a hundred pairs and a minute of training, to test the whole pipeline. The model is deleted.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
WORK=$work OUT=$work/model PARITY=$work/parity.safetensors PAIRS=100 VALIDATION_PAIRS=10 ELEMENT_MINUTES=0.2 ./make.sh --minutes 1 --threads 1
UI_MODEL=$work/model UI_PARITY=$work/parity.safetensors ../node_modules/.bin/vitest run --root .. daemon/test/graph/ui-parity.test.ts \
  daemon/test/graph/element-matcher.test.ts
screen=$(find "$work/sets/validation/images" -name '*-source.*' | sort | head -n 1)
node ../daemon/bin/samepoint.js features "$screen" --backend ui --checkpoint "$work/model" --no-cache --out "$work/features.npy"
