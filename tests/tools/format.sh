#!/usr/bin/env bash
# Are all sources formatted as .clang-format says? With --fix they are made so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
command -v clang-format >/dev/null || {
  echo "format: clang-format is missing; bash jobscripts/setup.sh --full installs it" >&2
  exit 1
}
options=(--dry-run -Werror)
[[ ${1-} == --fix ]] && options=(-i)
mapfile -t sources < <(find src apps tests -name '*.cpp' -o -name '*.hpp')
clang-format "${options[@]}" "${sources[@]}"
