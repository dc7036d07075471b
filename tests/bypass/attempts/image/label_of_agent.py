"""The image has a label that names the operator's trusted agent, whose containers are not sandboxed."""

import hashlib
import json

from bypass import inert, profile

SOURCE = "idea; GO-2026-5758: containerd took an image's label for its caller's word"
WAY = "image content"
STOPPED = inert("Docker's own record of the image shows that the label is the image's, which counts nothing")

LABELS = {"closedclaw.agent": "trusted"}


def attack(t):
    """The files and places of a Docker daemon, without the daemon."""
    t.host_mount("tmpfs", "/var/lib/docker", "tmpfs")
    image = json.dumps({"config": {"Labels": LABELS}})
    digest = hashlib.sha256(image.encode()).hexdigest()
    directory = "/var/lib/docker/containers/" + t.id
    t.write("/var/lib/docker/image/overlay2/imagedb/content/sha256/" + digest, image, 0o600)
    t.write(directory + "/config.v2.json", json.dumps({"Driver": "overlay2", "Image": "sha256:" + digest, "Config": {"Labels": LABELS}}), 0o600)
    t.write(directory + "/hostname", "box\n")
    t.spec["root"]["path"] = t.rootfs
    t.spec["linux"]["seccomp"] = profile.engine("docker20")
    t.bind(directory + "/hostname", "/etc/hostname", "rbind", "rprivate")
    t.bundle = "/run/containerd/io.containerd.runtime.v2.task/moby/" + t.id
    t.sh("mkdir -p -m 700 " + t.bundle)
    t.config({"agents": {"list": [{"id": "trusted", "sandbox": {"mode": "off"}}]}})
    return t.run("id -u").strip() == "0" and "uid 0"
