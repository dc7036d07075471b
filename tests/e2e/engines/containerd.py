"""containerd, through `ctr` and through the Kubernetes interface with a runtime handler."""

import json
import os

from . import base

_CNI = {
    "cniVersion": "0.4.0", "name": "test", "plugins": [
        {"type": "bridge", "bridge": "cni0", "isGateway": True, "ipMasq": False,
         "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.88.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}}],
}

_V2 = """version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/cc/test:pause"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "runc"
%s"""
_V2_RUNTIME = """
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.%s]
      runtime_type = "io.containerd.runc.v2"
      pod_annotations = ["*"]
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.%s.options]
        BinaryName = "%s"
"""
_V3 = """version = 3
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "docker.io/cc/test:pause"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "/etc/cni/net.d"
[plugins."io.containerd.cri.v1.runtime".containerd]
  default_runtime_name = "runc"
%s"""
_V3_RUNTIME = """
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.%s]
    runtime_type = "io.containerd.runc.v2"
    pod_annotations = ["*"]
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.%s.options]
      BinaryName = "%s"
"""


class Containerd(base.Engine):
    CONFIG_TEXT, CONFIG_RUNTIME = _V2, _V2_RUNTIME
    SOCKET = "/run/containerd/containerd.sock"

    def launch(self):
        runtimes = {name: self.runtime_path(name) for name in base.RUNTIMES}
        runtimes["runc"] = "/usr/bin/runc"
        self.machine.write("/etc/containerd/config.toml", self.CONFIG_TEXT % "".join(
            self.CONFIG_RUNTIME % (name, name, path) for name, path in runtimes.items()))
        self.machine.write("/etc/cni/net.d/10-test.conflist", json.dumps(_CNI))
        daemon = self.machine.start("containerd", "containerd", "-l", "warn")
        self.machine.wait_for("ctr", "version", process=daemon)
        for namespace in ("default", "k8s.io"):
            self.machine.run("ctr", "-n", namespace, "images", "import", self.IMAGES, check=True)
        from . import cri  # here, because the virtual machine has no grpc and needs none
        self._failed = cri.CallFailed
        self.cri = cri.Client(self.machine.path(self.SOCKET))
        self._pods = []

    def close(self):
        if hasattr(self, "cri"):
            self.cri.close()
        super().close()

    # ctr

    def ctr(self, *args, **kwargs):
        return self.machine.run("ctr", *args, **kwargs)

    def run_argv(self, *args, runtime=None):
        return ["ctr", "run", "--runc-binary", self.runtime_path(runtime)] + list(args)

    def run(self, *args, runtime=None, **kwargs):
        return self.machine.run(*self.run_argv(*args, runtime=runtime), **kwargs)

    def exec(self, name, *args, options=(), **kwargs):
        self._execs = getattr(self, "_execs", 0) + 1
        return self.ctr("tasks", "exec", "--exec-id", "e%d" % self._execs, *options, name, *args, **kwargs)

    def running(self, name, image, *options):
        result = self.run("-d", *options, image, name, "sleep", "1000")
        assert result.code == 0, "cannot start: %s" % result
        return name

    # Kubernetes

    def pod_config(self, name="pod", annotations=None, **security):
        return {
            "metadata": {"name": name, "uid": "uid-" + name, "namespace": "default"}, "hostname": name,
            "log_directory": "/var/log/pods", "annotations": annotations or {},
            "linux": {"cgroup_parent": "/pods", "security_context": security},
        }

    def pod(self, config=None, handler=None):
        """Starts a pod sandbox with the runtime under test; returns its identity."""
        self._config = config or self.pod_config()
        answer = self.cri.call("RunPodSandbox", config=self._config, runtime_handler=handler or self.runtime)
        self._pods.append(answer["pod_sandbox_id"])
        return answer["pod_sandbox_id"]

    def container(self, pod, *command, name="box", image="docker.io/cc/test:user", start=True, mounts=(), envs=(), **security):
        config = {
            "metadata": {"name": name}, "image": {"image": image}, "command": list(command) or ["sleep", "1000"],
            "log_path": name + ".log", "mounts": list(mounts), "envs": list(envs),
            "linux": {"resources": {"memory_limit_in_bytes": 128 << 20}, "security_context": security},
        }
        answer = self.cri.call("CreateContainer", pod_sandbox_id=pod, config=config, sandbox_config=self._config)
        if start:
            self.cri.call("StartContainer", container_id=answer["container_id"])
        return answer["container_id"]

    def exec_sync(self, container, *command):
        answer = self.cri.call("ExecSync", container_id=container, cmd=list(command), timeout=30)
        return answer["exit_code"], answer["stdout"].decode(), answer["stderr"].decode()

    def pod_log(self, name="box"):
        """What a container of the last pod printed, without the time stamps."""
        path = self.machine.path("/var/log/pods/%s.log" % name)
        if not os.path.exists(path):
            return ""
        with open(path) as text:
            return "".join(line.split(" ", 3)[3] for line in text)

    def clean(self):
        for pod in self._pods:
            for method in ("StopPodSandbox", "RemovePodSandbox"):
                try:
                    self.cri.call(method, pod_sandbox_id=pod)
                except self._failed:
                    pass  # a test may have removed it
        self._pods = []
        for name in self.ctr("tasks", "ls", "-q").out.split():
            self.ctr("tasks", "kill", "-s", "KILL", name)
            self.ctr("tasks", "delete", "-f", name)
        left = self.ctr("containers", "ls", "-q").out.split()
        if left:
            self.ctr("containers", "delete", *left)


class Containerd16(Containerd):
    SUITE = "bookworm"


class Containerd17(Containerd):
    SUITE = "trixie"


class Containerd21(Containerd):
    SUITE = "sid"
    CONFIG_TEXT, CONFIG_RUNTIME = _V3, _V3_RUNTIME
