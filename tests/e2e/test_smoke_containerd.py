"""containerd's own client, and the life of a pod through the Kubernetes interface."""

from harness import BOTH, CONTAINERD, ROOT, USER, equal, eventually, expect, test


@test(CONTAINERD, low=BOTH)
def ctr_output_and_exit_code(e):
    result = expect(e.run("--rm", ROOT, "once", "sh", "-c", "echo out; exit 3"), code=3)
    equal(result.out, "out\n", "output")
    equal(e.ctr("containers", "ls", "-q").out, "", "containers after --rm")


@test(CONTAINERD, low=BOTH)
def ctr_exec(e):
    e.running("box", USER)
    equal(expect(e.exec("box", "sh", "-c", "echo inside; exit 4"), code=4).out, "inside\n", "output")


@test(CONTAINERD)
def ctr_terminal(e):
    result = e.machine.terminal(*e.run_argv("--rm", "-t", ROOT, "once", "sh"), typed="tty; exit 5\n")
    expect(result, code=5, has="/dev/")


@test(CONTAINERD)
def ctr_pause_and_resume(e):
    e.running("box", USER)
    expect(e.ctr("tasks", "pause", "box"))
    expect(e.ctr("tasks", "ls"), has="PAUSED")
    expect(e.ctr("tasks", "resume", "box"))
    expect(e.exec("box", "true"))


@test(CONTAINERD)
def ctr_process_list_and_kill(e):
    e.running("box", USER)
    expect(e.ctr("tasks", "ps", "box"), has="PID")
    expect(e.ctr("tasks", "kill", "-s", "KILL", "box"))
    eventually(lambda: "STOPPED" in e.ctr("tasks", "ls").out, what="the end of the task")


@test(CONTAINERD, low=BOTH)
def pod_life(e):
    pod = e.pod()
    box = e.container(pod)
    equal(e.exec_sync(box, "sh", "-c", "echo inside; echo aside >&2; exit 6"), (6, "inside\n", "aside\n"), "exec")
    e.cri.call("StopContainer", container_id=box, timeout=0)
    equal(e.cri.call("ContainerStatus", container_id=box)["status"]["state"], 2, "state after stop")
    e.cri.call("RemoveContainer", container_id=box)
    e.cri.call("StopPodSandbox", pod_sandbox_id=pod)
    e.cri.call("RemovePodSandbox", pod_sandbox_id=pod)
    equal(e.cri.call("ListContainers")["containers"], [], "containers")
    equal(e.cri.call("ListPodSandbox")["items"], [], "pods")


@test(CONTAINERD)
def pod_log_and_exit_code(e):
    pod = e.pod()
    box = e.container(pod, "sh", "-c", "echo from-the-pod; exit 8")
    status = eventually(lambda: (lambda s: s if s["state"] == 2 else None)(
        e.cri.call("ContainerStatus", container_id=box)["status"]), what="the end of the container")
    equal(status["exit_code"], 8, "exit code")
    equal(e.pod_log(), "from-the-pod\n", "log")


@test(CONTAINERD)
def pod_with_two_containers(e):
    pod = e.pod()
    first = e.container(pod, name="first")
    second = e.container(pod, name="second")
    equal(e.exec_sync(first, "echo", "1")[1], "1\n", "first")
    equal(e.exec_sync(second, "echo", "2")[1], "2\n", "second")


@test(CONTAINERD)
def pod_resources_update(e):
    box = e.container(e.pod())
    e.cri.call("UpdateContainerResources", container_id=box, linux={"memory_limit_in_bytes": 64 << 20})
    equal(e.exec_sync(box, "cat", "/sys/fs/cgroup/memory/memory.limit_in_bytes")[1].strip(), str(64 << 20), "limit")
