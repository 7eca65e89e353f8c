# shellcheck shell=bash disable=SC2034
# Sourced by the job scripts (*.sbatch): finds the programs, records where a job runs, forwards Slurm's early signal to
# hjnet, and puts the job back into the queue when hjnet has stopped early with a checkpoint. Not to be run by itself.
#
# Understood from the environment, all optional:
#   HJNET               the executable; default: hjnet from PATH, else the build next to this folder
#   HJPLOT              the plotting tool; likewise
#   HJNET_LAUNCHER      default "srun --mpi=pmix"; "mpirun" for example where Slurm has no PMIx
#   HJNET_INPUT         the input file, in place of the scripts' first argument
#   HJNET_OPTIONS       options of hjnet, before those among the arguments; words between blanks
#   HJNET_MAX_RESTARTS  how often a job may be requeued; default 100

stopped_early=75 # hjnet's exit status after it has stopped on purpose, with a checkpoint

# A task of an array is named by array and index: the array's own number would mean all of its tasks.
job=$SLURM_JOB_ID
[[ -z ${SLURM_ARRAY_JOB_ID-} ]] || job=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID

read -ra launcher <<<"${HJNET_LAUNCHER:-srun --mpi=pmix}"

# say TEXT...: a line of the job's log.
say() { printf '[%(%F %T)T] job %s: %s\n' -1 "$job" "$*"; }

# stop_job STATUS TEXT...
stop_job() {
  local status=$1
  shift
  say "$@" >&2
  exit "$status"
}

# find_program NAME GIVEN PATH_IN_TREE: prints where NAME is.
find_program() {
  local tree
  tree=$(dirname "${BASH_SOURCE[0]}")/../$3
  if [[ -n $2 ]]; then
    echo "$2"
  elif command -v "$1"; then
    return
  elif [[ -x $tree ]]; then
    realpath "$tree"
  else
    return 1
  fi
}

hjnet=$(find_program hjnet "${HJNET-}" build/release/apps/hjnet) || stop_job 2 "hjnet is not in PATH; set HJNET"
hjplot=$(find_program hjplot "${HJPLOT-}" postprocess/hjplot) || hjplot=

# Threads inside BLAS would only fight with the ranks for the cores.
export OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS:-1} OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}

# take_input ARGUMENT...: sets `input` and the array `options` from the arguments of a job script and the environment.
take_input() {
  read -ra options <<<"${HJNET_OPTIONS-}"
  input=${HJNET_INPUT-}
  if [[ -z $input ]]; then
    [[ $# -gt 0 ]] || stop_job 2 "no input: the first lines of the job script say how to call it"
    input=$1
    shift
  fi
  [[ -r $input ]] || stop_job 2 "cannot read $input from $PWD"
  options+=("$@")
}

# Where and with what this job runs.
record_environment() {
  say "started, restart ${SLURM_RESTART_COUNT:-0}, in $PWD"
  scontrol show job "$job"
  if type module &>/dev/null; then module list 2>&1; fi
  env | grep -E '^(HJNET|SLURM|OMP|OMPI|OPENBLAS|PETSC|PMIX|UCX|HDF5)_?[A-Z_]*=' | sort
  "${launcher[@]}" -n 1 "$hjnet" --version
}

# The batch shell alone gets the early signal (--signal=B:USR1@...); srun and mpirun hand it on to the ranks. SIGTERM
# comes when the job is cancelled or out of time: Slurm has sent it to the ranks as well, for which a second signal
# would mean to stop without a checkpoint.
launched=
interrupted=
asked_to_stop=
on_usr1() {
  interrupted=1 asked_to_stop=1
  say "SIGUSR1: hjnet is asked to stop with a checkpoint"
  [[ -z $launched ]] || kill -USR1 "$launched"
}
on_term() {
  interrupted=1
  say "SIGTERM: the job is ended"
}
trap on_usr1 USR1
trap on_term TERM

# run_hjnet ARGUMENT...: hjnet on all ranks of the job, or as launch_options say; sets hjnet_status.
launch_options=()
run_hjnet() {
  hjnet_status=$stopped_early
  [[ -z $asked_to_stop ]] || return 0
  "${launcher[@]}" "${launch_options[@]}" "$hjnet" "$@" &
  launched=$!
  # A trap ends `wait` before the launcher has ended.
  while
    interrupted=
    wait "$launched"
    hjnet_status=$?
    [[ -n $interrupted ]]
  do :; done
  launched=
}

# finish STATUS: ends the job. One that stopped early goes back into the queue, unless somebody else has ended it
# (cancelled jobs must stay so, and one that was preempted is in the queue already).
finish() {
  local status=$1 restarts=${SLURM_RESTART_COUNT:-0} most=${HJNET_MAX_RESTARTS:-100} state
  [[ $status == "$stopped_early" ]] || stop_job "$status" "hjnet ended with status $status"
  state=$(scontrol show job -o "$job" | sed -n 's/.* JobState=\([A-Z_]*\).*/\1/p')
  [[ $state == RUNNING ]] || stop_job "$status" "stopped early; not requeued, the job being $state"
  ((restarts < most)) || stop_job "$status" "stopped early; not requeued after $restarts restarts"
  trap '' TERM # Slurm ends what is left of a requeued job
  scontrol requeue "$job" || stop_job "$status" "stopped early, but Slurm does not requeue the job"
  stop_job 0 "stopped early; requeued (restart $((restarts + 1)) of at most $most)"
}
