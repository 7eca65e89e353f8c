#!/usr/bin/env bash
# From a bare Debian machine to two pictures: installs what is missing, builds hjnet, runs the potential and the
# entanglement cases of input/ on two MPI ranks, and draws them.
#
#   bash jobscripts/demo.sh
#
# Leaves results/figure2.png, results/figure3.png and the run files results/demo-*.h5. Run again, it overwrites these
# and nothing else.
set -euo pipefail
# shellcheck source=jobscripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

potential=(potential-one-layer potential-two-layer)
entanglement=(entangle-ensemble entangle-memory-symmetric entangle-memory-causal entangle-memory-window)
results=$root/results
ranks=2

case "${1-}" in
  '') ;;
  -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" && exit 0 ;;
  *) echo "demo: unknown option $1; see --help" >&2 && exit 2 ;;
esac

number=0
total=$((5 + ${#potential[@]} + ${#entanglement[@]}))
doing=
step() {
  number=$((number + 1))
  doing=$1
  printf '\n[%d/%d] %s (%d s so far)\n' "$number" "$total" "$doing" "$SECONDS"
}

explain_failure() {
  local status=$?
  [[ $status -eq 0 ]] || printf '\ndemo: stopped with status %d while "%s"; the reason stands above.\n' "$status" "$doing" >&2
}
trap explain_failure EXIT

# run CASE: input/CASE.toml into results/demo-CASE.h5.
run() {
  step "running input/$1.toml on $ranks ranks"
  mpiexec -n "$ranks" "$root/build/release/apps/hjnet" run "$root/input/$1.toml" \
    --output "$results/demo-$1.h5" --overwrite
}

# draw KIND FILE CASE...: the runs of the cases into one picture.
draw() {
  local kind=$1 file=$2 runs=() case
  shift 2
  for case in "$@"; do runs+=("$results/demo-$case.h5"); done
  step "drawing results/$file"
  rm -f "$results/$file" # an earlier state's, which hjplot does not know as its own
  "$python" "$root/postprocess/hjplot" "$kind" "${runs[@]}" -o "$results/$file"
}

step "installing what is missing"
bash "$root/jobscripts/setup.sh"
mkdir -p "$results"
if [[ ! -w $results ]]; then
  echo "demo: cannot write to $results (made by another user?)" >&2
  exit 1
fi
step "configuring build/release"
configure release
step "building"
build release hjnet
for case in "${potential[@]}" "${entanglement[@]}"; do run "$case"; done
draw potential figure2.png "${potential[@]}"
draw entanglement figure3.png "${entanglement[@]}"

doing=
cat <<MESSAGE

Done in $SECONDS s. The pictures:
  $results/figure2.png   averaged learning potential of one- and two-layer networks
  $results/figure3.png   concurrence of two particles, memory by memory, dashed where unphysical
The numbers behind them: $results/demo-*.h5
To call hjnet, hjplot and hjdata by their names, in this shell or from now on:
  export PATH=$(printf '%q' "$root/build/release/apps"):$(printf '%q' "$root/postprocess"):\$PATH
  cmake --install $(printf '%q' "$root/build/release") --prefix ~/.local     # with ~/.local/bin in PATH
Next: docs/tutorial.md, docs/user-guide.md
MESSAGE
