#!/usr/bin/env bash
# Runs clang-tidy, as .clang-tidy says, over all of our sources.
#
#   bash tests/tools/tidy.sh [BUILD_DIRECTORY] [REGEX]     default: build/release, everything
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${1:-build/release}
command -v run-clang-tidy >/dev/null || {
  echo "tidy: clang-tidy is missing; bash jobscripts/setup.sh --full installs it" >&2
  exit 1
}
[[ -f $build/compile_commands.json ]] || {
  echo "tidy: no $build/compile_commands.json; configure first" >&2
  exit 1
}
run-clang-tidy -quiet -p "$build" -j "$(nproc)" "${2:-$PWD/(src|apps|tests)/.*}"
