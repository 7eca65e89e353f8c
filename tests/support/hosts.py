"""Hosts on one machine: network namespaces behind a switch, each with a name and an address of its own. Needs root, and Open
MPI."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

NETWORK = "10.83.71"
LINK = "e0"


def run(*command, status=0):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if status is not None and done.returncode != status:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr or done.stdout}")
    return done.stdout


def missing():
    """Why there can be no such hosts here; nothing where there can."""
    for tool in ("ip", "tc", "unshare"):
        if shutil.which(tool) is None:
            return f"no {tool} (Debian: iproute2, util-linux)"
    if os.geteuid() != 0:
        return "network namespaces are root's"
    probe = f"hjnet-probe-{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", probe], capture_output=True, check=False).returncode != 0:
        return "no network namespaces here"
    run("ip", "netns", "del", probe)
    return None


def end_processes(namespace):
    for pid in run("ip", "netns", "pids", namespace, status=None).split():
        try:
            os.kill(int(pid), signal.SIGKILL)
        except ProcessLookupError:
            pass


class Hosts:
    """`count` hosts whose links have a rate each way, in the words of tc: "1gbit"; None: as fast as can be."""

    def __init__(self, folder, count, rate=None):
        self.folder, self.count = pathlib.Path(folder), count
        self.names = [f"hj{os.getpid()}-{i}" for i in range(1, count + 1)]
        self.switch = f"hj{os.getpid()}-sw"
        self.agent = self.folder / "agent"
        # What Open MPI starts on a host: it is given the address, and a command as one would type it there.
        self.agent.write_text(f'#!/bin/sh\nhost=${{1##*.}}; shift\n'
                              f'exec ip netns exec hj{os.getpid()}-$host unshare --uts sh -c "hostname hj-host$host; $*"\n')
        self.agent.chmod(0o755)
        self.rate = rate

    def __enter__(self):
        try:
            self.build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def build(self):
        run("ip", "netns", "add", self.switch)
        run("ip", "-n", self.switch, "link", "add", "br0", "type", "bridge")
        run("ip", "-n", self.switch, "link", "set", "br0", "up")
        for i, name in enumerate(self.names, 1):
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "add", LINK, "type", "veth", "peer", "name", f"port{i}", "netns", self.switch)
            run("ip", "-n", self.switch, "link", "set", f"port{i}", "master", "br0", "up")
            run("ip", "-n", name, "addr", "add", f"{NETWORK}.{i}/24", "dev", LINK)
            for link in (LINK, "lo"):
                run("ip", "-n", name, "link", "set", link, "up")
            if self.rate is not None:
                run("ip", "netns", "exec", name, "tc", "qdisc", "add", "dev", LINK, "root", "tbf", "rate", self.rate, "burst",
                    "256kb", "latency", "50ms")

    def __exit__(self, *_):
        for name in [*self.names, self.switch]:
            end_processes(name)
            run("ip", "netns", "del", name, status=None)

    def command(self, *program, ranks_each=1, settings=()):
        """The program on all hosts, launched on the first one; `settings`: pairs of Open MPI's runtime."""
        where = ",".join(f"{NETWORK}.{i}:{ranks_each}" for i in range(1, self.count + 1))
        words = ["mpirun", "--allow-run-as-root", "-n", str(self.count * ranks_each), "-H", where]
        # Open MPI's runtime has other names, and an environment of its own, from version 5 on.
        environment = [f"{prefix}_{key}={value}" for key, value in settings for prefix in ("OMPI_MCA", "PRTE_MCA")]
        environment += [f"OMPI_MCA_plm_rsh_agent={self.agent}", f"PRTE_MCA_plm_ssh_agent={self.agent}",
                        f"OMPI_MCA_oob_tcp_if_include={LINK}", f"PRTE_MCA_prte_if_include={LINK}",
                        f"OMPI_MCA_btl_tcp_if_include={LINK}", "OMPI_MCA_btl=tcp,self"]
        return ["ip", "netns", "exec", self.names[0], "unshare", "--uts", "sh", "-c", 'hostname hj-host1; exec "$@"', "sh",
                "env", *environment, *words, *map(str, program)]

    def sent(self):
        """Bytes that all links have sent, headers included."""
        return sum(json.loads(run("ip", "-n", name, "-s", "-j", "link", "show", LINK))[0]["stats64"]["tx"]["bytes"]
                   for name in self.names)

    def kill(self, number):
        """Ends all processes of a host at once, as a crash does."""
        end_processes(self.names[number - 1])
        time.sleep(0.1)

    def cut(self, number):
        """Its cable."""
        run("ip", "-n", self.switch, "link", "set", f"port{number}", "down")
