# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by scaling-strong.sbatch and scaling-weak.sbatch after batch.sh: runs on one number of ranks after the other,
# in layers of a size that may depend on it, and has the timings collected. Not to be run by itself.
#
# Understood from the environment, beside what batch.sh lists:
#   HJNET_RANKS    numbers of ranks, such as "1 2 4 8"; default: powers of two up to the job's number of tasks
#   HJNET_SCALE    multiplies the neurons of the hidden layers (all but the first and the last); default 1
#   HJNET_RESULTS  directory for run files, table and picture; default scaling-KIND-JOB

# The numbers of ranks that are measured.
ranks_to_measure() {
  local ranks
  if [[ -n ${HJNET_RANKS-} ]]; then
    read -ra ranks <<<"$HJNET_RANKS"
    echo "${ranks[@]}"
  else
    for ((ranks = 1; ranks <= SLURM_NTASKS; ranks *= 2)); do echo "$ranks"; done
  fi
}

# The input's hidden layers: index and neurons, a line each. The resolved input lists all layers.
hidden_layers() {
  "${launcher[@]}" -n 1 "$hjnet" check "$input" "${options[@]}" | awk '
    /^\[/ { in_layer = $0 == "[[network.layer]]" }
    in_layer && $1 == "neurons" { neurons[layers++] = $3 }
    END { for (i = 1; i < layers - 1; ++i) print i, neurons[i] }'
}

# overrides_for FACTOR: prints KEY=VALUE for each hidden layer, its neurons times HJNET_SCALE and FACTOR.
overrides_for() {
  awk -v factor="$1" -v scale="${HJNET_SCALE:-1}" '
    { printf "network.layer[%d].neurons=%.0f\n", $1, $2 * scale * factor }' <<<"$layers"
}

# measure KIND GROWTH: one run for each number of ranks; neurons grow like the number of ranks to the power of GROWTH.
measure() {
  local kind=$1 growth=$2 ranks override settings failed=0
  local folder=${HJNET_RESULTS:-scaling-$kind-$SLURM_JOB_ID}
  mkdir -p "$folder" || stop_job 1 "cannot make $folder"
  layers=$(hidden_layers)
  [[ -n $layers ]] || stop_job 2 "$input is not valid, or has no hidden layer"
  for ranks in $(ranks_to_measure); do
    settings=()
    for override in $(overrides_for "$(awk "BEGIN { print $ranks ^ $growth }")"); do settings+=(--set "$override"); done
    say "$kind scaling on $ranks ranks: ${settings[*]}"
    launch_options=(-n "$ranks")
    run_hjnet run "$input" "${options[@]}" "${settings[@]}" --overwrite \
      --output "$folder/$kind-$(printf '%05d' "$ranks").h5"
    ((hjnet_status == 0)) || { say "hjnet ended with status $hjnet_status on $ranks ranks" && failed=$hjnet_status; }
    [[ -z $asked_to_stop ]] || break
  done
  collect "$folder" || failed=1
  stop_job "$failed" "ended; results in $folder"
}

# collect FOLDER: table and picture of the run files in it.
collect() {
  local command=("${hjplot:-hjplot}" scaling "$1"/*.h5 --csv "$1/scaling.csv" -o "$1/scaling.png")
  if [[ -z $hjplot ]]; then
    say "hjplot is not in PATH; where it is, call: ${command[*]}"
  elif ! "${command[@]}"; then
    say "failed: ${command[*]}"
    return 1
  fi
}
