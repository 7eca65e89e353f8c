#!/usr/bin/env bash
# Builds with the address and undefined-behaviour sanitizers, and runs those `fast` tests that reach all of our compiled
# code; scripts that draw, long comparisons of numbers, and the same tests on one and on four ranks find nothing more there.
#
#   bash tests/tools/sanitizers.sh
set -euo pipefail
# shellcheck source=jobscripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../jobscripts/environment.sh"
configure sanitize
build sanitize
cd "$root"
ctest --preset sanitize --label-regex '^fast$' --label-regex '^(unit|mpi|input|restart|run)$' \
  --exclude-regex '^(mpi|restart)\..*\.[14]$' --parallel "$cores"
