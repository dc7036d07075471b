"""The rules through containerd: its own client, and pods."""

from harness import BOTH, CONTAINERD, ROOT, USER, equal, expect, expect_refused, test
from test_enforce import check_status
from test_network import FETCH


class _Answer:
    """A failed call in the shape of a command's result."""

    def __init__(self, code, text):
        self.code, self.text = code, text

    def __str__(self):
        return self.text


def call_of(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except Exception as error:
        text = getattr(error, "text", None)
        if text is None:
            raise
        return _Answer(1, text)
    return _Answer(0, "")


@test(CONTAINERD, low=BOTH)
def ctr_kernel_state(e):
    check_status(expect(e.run("--rm", ROOT, "box", "cat", "/proc/self/status")).out, "the process")
    assert e.run("--rm", ROOT, "box", "touch", "/x").code != 0, "the root is writable"
    equal(expect(e.run("--rm", ROOT, "box", "ls", "/sys/class/net")).out.split(), ["lo"], "interfaces")


@test(CONTAINERD, low=BOTH)
def ctr_exec_has_no_privilege(e):
    e.running("box", ROOT)
    check_status(expect(e.exec("box", "cat", "/proc/self/status")).out, "exec")


@test(CONTAINERD, low=BOTH)
def ctr_exec_as_root_is_refused(e):
    e.running("box", USER)
    expect_refused(e.exec("box", "id", options=("--user", "0")), "exec-user")


@test(CONTAINERD, low=BOTH)
def ctr_refusals(e):
    for options, rules in ((["--privileged"], ("privileged",)),
                           (["--cap-add", "CAP_SYS_ADMIN"], ("capabilities",)),
                           (["--net-host"], ("namespace-network",)),
                           (["--mount", "type=bind,src=/etc,dst=/x,options=rbind:ro"], ("bind-blocked",)),
                           (["--device", "/dev/kmsg"], ("device",))):
        expect_refused(e.run("--rm", *options, ROOT, "box", "true"), *rules)
        e.ctr("containers", "delete", "box")
        equal(e.ctr("tasks", "ls", "-q").out, "", "tasks left")


@test(CONTAINERD, low=BOTH)
def pod_container_kernel_state(e):
    box = e.container(e.pod())
    code, out, err = e.exec_sync(box, "cat", "/proc/1/status")
    equal(code, 0, "exit code of exec: " + err)
    check_status(out, "init")
    check_status(e.exec_sync(box, "cat", "/proc/self/status")[1], "exec")
    assert e.exec_sync(box, "touch", "/x")[0] != 0, "the root is writable"


@test(CONTAINERD)
def pod_container_of_a_root_image(e):
    box = e.container(e.pod(), image="docker.io/cc/test:root")
    check_status(e.exec_sync(box, "cat", "/proc/1/status")[1], "init")


@test(CONTAINERD, low=BOTH)
def pod_has_no_network(e):
    open_pod = e.pod(e.pod_config("open"), handler="runc")
    server = e.container(open_pod, "httpd", "-f", "-p", "80", "-h", "/srv/www", name="server",
                         image="docker.io/cc/test:root")
    shown = e.exec_sync(server, "ip", "-4", "-o", "addr", "show", "eth0")[1]
    address = shown.split("inet ")[1].split("/")[0]
    control = e.pod(e.pod_config("control"), handler="runc")
    client = e.container(control, name="client")
    assert "reached" in e.exec_sync(client, "sh", "-c", FETCH % (address, 80))[1], "the control does not reach the server"
    box = e.container(e.pod(e.pod_config("closed")))
    assert "reached" not in e.exec_sync(box, "sh", "-c", FETCH % (address, 80))[1], "the pod reaches another"


@test(CONTAINERD)
def pod_refusals(e):
    pod = e.pod()
    made = e.container(pod, start=False, capabilities={"add_capabilities": ["SYS_ADMIN"]})
    expect_refused(call_of(e.cri.call, "StartContainer", container_id=made), "capabilities")
    e.cri.call("RemoveContainer", container_id=made)
    made = e.container(pod, start=False, mounts=[{"container_path": "/x", "host_path": "/etc", "readonly": True}])
    expect_refused(call_of(e.cri.call, "StartContainer", container_id=made), "bind-blocked")


@test(CONTAINERD)
def pod_with_the_hosts_network_is_refused(e):
    config = e.pod_config("hostnet", namespace_options={"network": 2})
    # Without a network of its own a pod has no host name of its own either: whichever is found first.
    expect_refused(call_of(e.pod, config), "namespace-network", "namespace-uts")


@test(CONTAINERD)
def pod_with_the_hosts_processes_is_refused(e):
    config = e.pod_config("hostpid", namespace_options={"pid": 2})
    expect_refused(call_of(e.pod, config), "namespace-pid")


@test(CONTAINERD)
def privileged_pod_is_refused(e):
    config = e.pod_config("privileged", privileged=True)
    refused = call_of(e.pod, config)
    if refused.code == 0:  # the sandbox itself asks for nothing; its container does
        made = e.container(e._pods[-1], start=False, privileged=True)
        refused = call_of(e.cri.call, "StartContainer", container_id=made)
    expect_refused(refused, "privileged")
