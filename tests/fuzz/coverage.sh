#!/usr/bin/env bash
# Builds hjnet with Clang for libFuzzer and its sanitizers, and fuzzes whole commands (command_fuzzer.cpp).
#
#   bash tests/fuzz/coverage.sh [MINUTES] [CORPUS]    for so many minutes a target (default: 1); CORPUS keeps what is found
#
# Exit status 1 where a command crashes, hangs or fails without a word: the file that shows it stays in CORPUS.
set -euo pipefail
# shellcheck source=jobscripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../jobscripts/environment.sh"
command -v clang++ >/dev/null || {
  echo "coverage: clang is missing; bash jobscripts/setup.sh --full installs it" >&2
  exit 1
}
configure fuzz -DHJNET_BUILD_TESTS=ON >/dev/null
build fuzz command_fuzzer
build fuzz hjnet
exec "$python" -B "$root/tests/fuzz/coverage.py" "$root/build/fuzz" "${1:-1}" "${2:-$root/build/fuzz/corpus}"
