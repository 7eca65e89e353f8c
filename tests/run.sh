#!/usr/bin/env bash
# Installs what is missing, builds, and runs the tests; CTest's summary comes last and its exit status is ours.
#
#   bash tests/run.sh          the `fast` tests (what CI runs)
#   bash tests/run.sh --full   also the `full` ones, and the fast ones once more under the sanitizers
set -euo pipefail
# shellcheck source=jobscripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/../jobscripts/environment.sh"

suite=fast
case "${1-}" in
  '') ;;
  --full) suite=full ;;
  -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" && exit 0 ;;
  *) echo "tests/run.sh: unknown option $1; see --help" >&2 && exit 2 ;;
esac

# run_tests PRESET LABELS: the tests whose label matches, as many at once as there are cores.
run_tests() {
  (cd "$root" && ctest --preset "$1" --label-regex "^($2)\$" --parallel "$(nproc)")
}

if [[ $suite == fast ]]; then
  bash "$root/jobscripts/setup.sh" --tests
  configure release
  build release
  run_tests release fast
else
  bash "$root/jobscripts/setup.sh" --full
  configure release
  build release
  build release benchmarks
  run_tests release 'fast|full'
  configure sanitize
  build sanitize
  run_tests sanitize fast
fi
