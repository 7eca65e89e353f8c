#!/usr/bin/env bash
# Which Hamiltonians learn: ensembles of small networks that differ in one choice each, and linear theory beside them
# (docs/learning.md).
#
#   bash jobscripts/learning-study.sh [FOLDER]
#
# Leaves the run files, learning-study.png and two tables in FOLDER, by default results/learning-study. Needs a build of hjnet in
# build/release, or HJNET=... of another, and scikit-learn's irises.
set -euo pipefail
# shellcheck source=jobscripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

case "${1-}" in
  -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" && exit 0 ;;
  -*) echo "learning-study: unknown option $1; see --help" >&2 && exit 2 ;;
esac
hjnet=${HJNET:-$root/build/release/apps/hjnet}
ranks=${HJNET_RANKS:-2}
folder=${1:-$root/results/learning-study}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd -P)

data=$folder/iris.h5
"$python" "$root/postprocess/hjdata" iris "$data" --scale standard --overwrite
irises=(--set "stimulus.patterns.file=\"$data\"")
for set in 0 1 2; do irises+=(--set "evaluate.set[$set].file=\"$data\""); done

runs=()
# run INPUT RANKS NAME [KEY=VALUE...]
run() {
  local input=$1 on=$2 name=$3 key settings=()
  shift 3
  for key in "$@"; do settings+=(--set "$key"); done
  if [[ $input == learning ]]; then settings+=("${irises[@]}"); fi
  printf '[%4d s] %s: %s\n' "$SECONDS" "$name" "$*"
  mpiexec -n "$on" "$hjnet" run "$root/input/$input.toml" --set "run.name=\"$name\"" "${settings[@]}" \
    --output "$folder/$name.h5" --overwrite >/dev/null 2>"$folder/$name.log" ||
    { tail -n 5 "$folder/$name.log" >&2 && echo "learning-study: $name failed" >&2 && exit 1; }
  runs+=("$folder/$name.h5")
}
learn() { run learning "$ranks" "$@"; }

memory=learning.epoch_memory inertia=learning.inertia lambda=network.time_constant decay=learning.weight_decay
initial='learning.momentum="initial"'
learn base
for mu in 1.0 0.9 0.0; do learn "memory-$mu" "$memory=$mu"; done
for omega in -0.1 -0.3 -3.0 -10.0; do
  learn "inertia$omega" "$inertia=$omega"
  learn "inertia$omega-paper" "$inertia=$omega" "$memory=1.0"
done
for mu in 1.0 0.5 0.0; do learn "initial-$mu" "$initial" "$inertia=10.0" "$memory=$mu"; done
learn uphill "$inertia=1.0"
learn uphill-initial "$initial" "$inertia=-10.0"
for time in 0.00167 0.00667 0.01667 0.03333; do learn "constant-$time" "$lambda=$time"; done
for kappa in 0.003 0.03 0.3; do
  learn "decay-$kappa" "$decay=$kappa"
  learn "decay-$kappa-paper" "$decay=$kappa" "$memory=1.0"
done
for mu in 1.0 0.5 0.0; do
  run learning-growth 1 "growth-$mu" "$memory=$mu"
  run learning-growth 1 "growth-initial-$mu" "$memory=$mu" "$initial" "$inertia=10.0"
done

# Where H_int goes, choice by choice: few epochs, one network, every sample of y and Delta.
study=("${runs[@]}")
runs=()
states=(run.epochs=4 run.samples_per_epoch=720 'stimulus.patterns.order="file"' ensemble.members=1 output.states=true
  'output.weights="last"' solver.relative_tolerance=1e-8 solver.absolute_tolerance=1e-10)
learn account "${states[@]}"
learn account-paper "${states[@]}" "$memory=1.0"
learn account-decay "${states[@]}" "$decay=0.3"
learn account-initial "${states[@]}" "$initial" "$inertia=10.0"
learn account-uphill "${states[@]}" "$inertia=1.0"

"$python" "$root/postprocess/hjplot" learning-account "${runs[@]}" | tee "$folder/account.txt"
"$python" "$root/postprocess/hjplot" learning-study "${study[@]}" -o "$folder/learning-study.png" | tee "$folder/table.txt"
echo "Done in $SECONDS s: $folder/learning-study.png"
