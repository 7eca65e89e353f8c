#!/usr/bin/env bash
# Runs a command beside a Slurm of its own: munged, slurmctld and NODES slurmds on loopback, in a temporary directory.
#
#   with_slurm.sh NODES CPUS COMMAND...     CPUS a virtual node; may be more than the machine has
#
# COMMAND finds sbatch, squeue and the rest ready (SLURM_CONF is set). All is stopped at the end, and this exits with
# COMMAND's status, with 77 where Slurm is not installed, and with 99 where it does not start. The directory is kept
# after a failure. No Slurm of the machine is touched.
#
# As root everything runs in namespaces of its own, where that is allowed: nothing then outlives this script, and
# ports and host names concern nobody else.
set -u

PATH=$PATH:/usr/sbin:/sbin
for program in munged slurmctld slurmd sbatch ip; do
  command -v "$program" >/dev/null || {
    echo "with_slurm: $program is missing; bash jobscripts/setup.sh --tests installs it" >&2
    exit 77
  }
done

namespaces=(unshare --net --uts --mount --pid --fork --kill-child --mount-proc)
if [[ $(id -u) == 0 && -z ${HJNET_IN_NAMESPACES-} ]] && "${namespaces[@]}" true 2>/dev/null; then
  HJNET_IN_NAMESPACES=1 setpriv --pdeathsig KILL "${namespaces[@]}" "${BASH_SOURCE[0]}" "$@" &
  inside=$!
  trap 'kill -KILL "$inside"; exit 98' INT TERM HUP
  wait "$inside"
  exit
fi
if [[ -n ${HJNET_IN_NAMESPACES-} ]]; then
  ip link set lo up
  ip addr add 127.0.0.2/8 dev lo # with 127.0.0.1 alone the resolver takes the machine to have no IPv4 at all
  hostname localhost
  mount -t tmpfs tmpfs /dev/shm
fi

nodes=$1 cpus=$2
shift 2
user=$(id -un)
port=$((20000 + $$ % 400 * 20))
folder=$(mktemp -d "${TMPDIR:-/tmp}/hjnet-slurm.XXXXXX")
chmod 755 "$folder"
mkdir "$folder"/{run,log,state,spool,tmp}
: >"$folder/plugstack.conf"
(umask 077 && head -c 1024 /dev/urandom >"$folder/munge.key")

# What deviates from Slurm's defaults does so for speed (cred_expire: a requeued job waits as long; intervals) or to
# need neither cgroups, nor accounting, nor root.
{
  cat <<CONFIGURATION
ClusterName=hjnet
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$folder/run/munge.sock,cred_expire=5
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
TmpFS=$folder/tmp/%n
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd.%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.%n.log
PlugStackConfig=$folder/plugstack.conf
MailProg=/bin/true
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=bf_interval=1,sched_interval=1,batch_sched_delay=0
SlurmdTimeout=10
ReturnToService=2
EnforcePartLimits=ALL
KillWait=5
MinJobAge=3600
MpiDefault=pmix
CONFIGURATION
  for ((i = 1; i <= nodes; ++i)); do
    mkdir "$folder/spool/n$i" "$folder/tmp/n$i"
    echo "NodeName=n$i NodeHostname=localhost NodeAddr=127.0.0.1 Port=$((port + i)) CPUs=$cpus RealMemory=1000"
  done
  echo "PartitionName=test Nodes=ALL Default=YES DefaultTime=5 MaxTime=INFINITE State=UP"
} >"$folder/slurm.conf"

export SLURM_CONF=$folder/slurm.conf
export OMPI_MCA_btl_tcp_if_include=lo OMPI_MCA_oob_tcp_if_include=lo
if ((nodes > 1)); then # virtual nodes are one host: their shared memory would collide, and so does PMIx's default fence
  export OMPI_MCA_pml=ob1 OMPI_MCA_btl=self,tcp SLURM_PMIX_FENCE=ring
fi

daemons=()
command=

# start NAME PROGRAM...: a daemon in the background, its output in the log folder.
start() {
  local name=$1
  shift
  "$@" >"$folder/log/$name.out" 2>&1 &
  daemons+=($!)
}

# until_true SECONDS COMMAND...
until_true() {
  local tries=$(($1 * 20))
  shift
  until "$@"; do
    ((tries-- > 0)) || return 1
    sleep 0.05
  done
}

controller_is_up() { scontrol ping 2>/dev/null | grep -q 'is UP'; }
nodes_are_idle() { (($(sinfo --noheader --Node --format='%N %T' 2>/dev/null | sort -u | grep -c ' idle$') == nodes)); }
no_job_runs() { [[ -z $(squeue --noheader --states=R,CG 2>/dev/null) ]]; }

stop() {
  local i
  scancel --user="$user" 2>/dev/null
  until_true 15 no_job_runs
  for ((i = ${#daemons[@]} - 1; i >= 0; --i)); do
    kill -TERM "${daemons[i]}" 2>/dev/null
    wait "${daemons[i]}" 2>/dev/null
  done
}

give_up() {
  echo "with_slurm: $1; logs in $folder/log" >&2
  tail -n 5 "$folder"/log/* >&2
  stop
  exit 99
}

trap '[[ -z $command ]] || kill "$command" 2>/dev/null; stop; exit 98' INT TERM HUP
start munged munged --foreground --key-file="$folder/munge.key" --socket="$folder/run/munge.sock" \
  --pid-file="$folder/run/munged.pid" --seed-file="$folder/run/seed"
until_true 10 test -S "$folder/run/munge.sock" || give_up "munged does not start"
start slurmctld slurmctld -D -f "$SLURM_CONF"
until_true 20 controller_is_up || give_up "slurmctld does not answer"
for ((i = 1; i <= nodes; ++i)); do start "slurmd.n$i" slurmd -D -f "$SLURM_CONF" -N "n$i"; done
until_true 20 nodes_are_idle || give_up "not all of $nodes nodes become idle"

"$@" &
command=$!
wait "$command"
status=$?
stop
if ((status == 0)); then rm -rf "$folder"; else echo "with_slurm: logs kept in $folder/log" >&2; fi
exit "$status"
