"""NVIDIA's tool, which a policy with GPUs lets run, is told to do something else than a hook's work: it also writes configurations."""

from bypass import refused

SOURCE = "idea; nvidia-ctk runtime configure"
WAY = "create"
STOPPED = refused("hook")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"gpus": "all"}}}}})
    t.sh("mkdir -p /mnt/up/upper /mnt/up/work")
    t.host_mount("overlay", "/usr/bin", "overlay", 0, "lowerdir=/usr/bin,upperdir=/mnt/up/upper,workdir=/mnt/up/work")
    t.write("/usr/bin/nvidia-ctk", "#!/bin/sh\nread line\n[ $1 = runtime ] && echo %s > /mnt/host/written\n" % t.canary, 0o755)
    t.hook("createRuntime", "/usr/bin/nvidia-ctk", "nvidia-ctk", "runtime", "configure", "--config", "/mnt/host/written")
    t.run("true")
    return t.leaked(t.read("/mnt/host/written"))
