#!/usr/bin/env bash
# Installs what is missing, builds, and runs the tests; CTest's summary comes last and its exit status is ours.
#
#   bash tests/run.sh                the `fast` tests (what CI runs)
#   bash tests/run.sh --slice N/M    also part N of the `full` ones, which M such parts divide among them
#   bash tests/run.sh --slice auto   also the part of them that the commit's hash chooses
#   bash tests/run.sh --full         also all `full` ones
set -euo pipefail
# shellcheck source=jobscripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/../jobscripts/environment.sh"

slice=
case "${1-}" in
  '' | --full) [[ $# -le 1 ]] || { echo "tests/run.sh: one option at a time, got '$*'; see --help" >&2 && exit 2; } ;;
  --slice)
    slice=${2-}
    [[ $slice == auto || $slice =~ ^[1-9][0-9]*/[1-9][0-9]*$ ]] ||
      { echo "tests/run.sh: --slice: expected N/M or auto, got '$slice'" >&2 && exit 2; }
    ;;
  -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" && exit 0 ;;
  *) echo "tests/run.sh: unknown option $1; see --help" >&2 && exit 2 ;;
esac

# run_tests OPTIONS...: the tests that they choose, as many at once as there are cores.
run_tests() {
  (cd "$root" && ctest --preset release --parallel "$cores" "$@")
}

if [[ ${1-} == '' ]]; then
  bash "$root/jobscripts/setup.sh" --tests
else
  bash "$root/jobscripts/setup.sh" --full
fi
configure release -DHJNET_BUILD_TESTS=ON
build release
case "${1-}" in
  '') run_tests --label-regex '^fast$' ;;
  --full) run_tests --label-regex '^(fast|full)$' ;;
  --slice)
    chosen=$("$python" "$root/tests/tools/slices.py" "$root/build/release" "$slice")
    status=0
    run_tests --label-regex '^fast$' || status=$?
    run_tests --label-regex '^full$' --tests-regex "$chosen" || status=$?
    exit $status
    ;;
esac
