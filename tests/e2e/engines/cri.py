"""A small client of the Kubernetes container runtime interface, runtime.v1.

The messages are encoded by hand from the tables below, which have only the fields that the tests use; grpc carries
them. Field numbers are those of k8s.io/cri-api, pkg/apis/runtime/v1/api.proto.
"""

import grpc

SERVICE = "/runtime.v1.RuntimeService/"

# name: {field: (number, type)}, where a type is "str", "int", "bool", "bytes", "map", another message's name, or one
# of these in a list for a repeated field.
MESSAGES = {
    "PodSandboxMetadata": {"name": (1, "str"), "uid": (2, "str"), "namespace": (3, "str"), "attempt": (4, "int")},
    "NamespaceOption": {"network": (1, "int"), "pid": (2, "int"), "ipc": (3, "int"), "target_id": (4, "str")},
    "Int64Value": {"value": (1, "int")},
    "SecurityProfile": {"profile_type": (1, "int"), "localhost_ref": (2, "str")},
    "LinuxSandboxSecurityContext": {"namespace_options": (1, "NamespaceOption"), "run_as_user": (3, "Int64Value"),
                                    "readonly_rootfs": (4, "bool"), "privileged": (6, "bool"),
                                    "seccomp": (9, "SecurityProfile")},
    "LinuxPodSandboxConfig": {"cgroup_parent": (1, "str"), "security_context": (2, "LinuxSandboxSecurityContext")},
    "PodSandboxConfig": {"metadata": (1, "PodSandboxMetadata"), "hostname": (2, "str"), "log_directory": (3, "str"),
                         "labels": (6, "map"), "annotations": (7, "map"), "linux": (8, "LinuxPodSandboxConfig")},
    "RunPodSandboxRequest": {"config": (1, "PodSandboxConfig"), "runtime_handler": (2, "str")},
    "RunPodSandboxResponse": {"pod_sandbox_id": (1, "str")},
    "StopPodSandboxRequest": {"pod_sandbox_id": (1, "str")},
    "RemovePodSandboxRequest": {"pod_sandbox_id": (1, "str")},
    "ContainerMetadata": {"name": (1, "str"), "attempt": (2, "int")},
    "ImageSpec": {"image": (1, "str")},
    "KeyValue": {"key": (1, "str"), "value": (2, "str")},
    "Mount": {"container_path": (1, "str"), "host_path": (2, "str"), "readonly": (3, "bool")},
    "Capability": {"add_capabilities": (1, ["str"]), "drop_capabilities": (2, ["str"])},
    "LinuxContainerSecurityContext": {
        "capabilities": (1, "Capability"), "privileged": (2, "bool"), "namespace_options": (3, "NamespaceOption"),
        "run_as_user": (5, "Int64Value"), "readonly_rootfs": (7, "bool"), "no_new_privs": (11, "bool"),
        "seccomp": (15, "SecurityProfile")},
    "LinuxContainerResources": {"cpu_period": (1, "int"), "cpu_quota": (2, "int"), "cpu_shares": (3, "int"),
                                "memory_limit_in_bytes": (4, "int")},
    "LinuxContainerConfig": {"resources": (1, "LinuxContainerResources"),
                             "security_context": (2, "LinuxContainerSecurityContext")},
    "ContainerConfig": {"metadata": (1, "ContainerMetadata"), "image": (2, "ImageSpec"), "command": (3, ["str"]),
                        "args": (4, ["str"]), "working_dir": (5, "str"), "envs": (6, ["KeyValue"]),
                        "mounts": (7, ["Mount"]), "labels": (9, "map"), "annotations": (10, "map"),
                        "log_path": (11, "str"), "tty": (14, "bool"), "linux": (15, "LinuxContainerConfig")},
    "CreateContainerRequest": {"pod_sandbox_id": (1, "str"), "config": (2, "ContainerConfig"),
                               "sandbox_config": (3, "PodSandboxConfig")},
    "CreateContainerResponse": {"container_id": (1, "str")},
    "StartContainerRequest": {"container_id": (1, "str")},
    "StopContainerRequest": {"container_id": (1, "str"), "timeout": (2, "int")},
    "RemoveContainerRequest": {"container_id": (1, "str")},
    "ExecSyncRequest": {"container_id": (1, "str"), "cmd": (2, ["str"]), "timeout": (3, "int")},
    "ExecSyncResponse": {"stdout": (1, "bytes"), "stderr": (2, "bytes"), "exit_code": (3, "int")},
    "ContainerStatusRequest": {"container_id": (1, "str")},
    "ContainerStatus": {"id": (1, "str"), "state": (3, "int"), "exit_code": (7, "int"), "reason": (10, "str"),
                        "message": (11, "str")},
    "ContainerStatusResponse": {"status": (1, "ContainerStatus")},
    "UpdateContainerResourcesRequest": {"container_id": (1, "str"), "linux": (2, "LinuxContainerResources")},
    "Container": {"id": (1, "str"), "pod_sandbox_id": (2, "str"), "state": (6, "int")},
    "ListContainersResponse": {"containers": (1, ["Container"])},
    "PodSandbox": {"id": (1, "str"), "state": (3, "int")},
    "ListPodSandboxResponse": {"items": (1, ["PodSandbox"])},
    "StatusResponse": {}, "ListContainersRequest": {}, "ListPodSandboxRequest": {}, "StatusRequest": {},
}


def _varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while True:
        out.append((value & 0x7f) | (0x80 if value > 0x7f else 0))
        value >>= 7
        if not value:
            return bytes(out)


def _block(number, body):
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _one(number, kind, value):
    if kind in ("int", "bool"):
        return _varint(number << 3) + _varint(int(value))
    if kind == "str":
        return _block(number, value.encode())
    if kind == "map":
        return b"".join(_block(number, encode("KeyValue", {"key": k, "value": v})) for k, v in value.items())
    return _block(number, encode(kind, value))


def encode(message, values):
    fields, out = MESSAGES[message], b""
    for name, value in values.items():
        number, kind = fields[name]
        for one in value if isinstance(kind, list) else [value]:
            out += _one(number, kind[0] if isinstance(kind, list) else kind, one)
    return out


def _read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7f) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return value - (1 << 64) if value >= 1 << 63 else value, at


def decode(message, data):
    names = {number: (name, kind) for name, (number, kind) in MESSAGES[message].items()}
    out = {name: [] if isinstance(kind, list) else {"int": 0, "bool": 0, "str": "", "bytes": b""}.get(kind)
           for name, kind in names.values()}
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        wire, number = key & 7, key >> 3
        if wire == 0:
            value, at = _read_varint(data, at)
        elif wire == 2:
            size, at = _read_varint(data, at)
            value, at = data[at:at + size], at + size
        else:
            at += {1: 8, 5: 4}[wire]
            continue
        if number not in names:
            continue
        name, kind = names[number]
        one = kind[0] if isinstance(kind, list) else kind
        if one == "str":
            value = value.decode("utf-8", "replace")
        elif one in MESSAGES:
            value = decode(one, value)
        if isinstance(kind, list):
            out[name].append(value)
        else:
            out[name] = value
    return out


class CallFailed(Exception):
    """The call came back with an error; `text` is what the kubelet would show."""

    def __init__(self, method, text):
        super().__init__("%s: %s" % (method, text))
        self.text = text


class Client:
    def __init__(self, socket_path):
        self._channel = grpc.insecure_channel("unix:" + socket_path, options=[("grpc.default_authority", "localhost")])

    def close(self):
        self._channel.close()

    def call(self, method, within=60, **values):
        call = self._channel.unary_unary(SERVICE + method, request_serializer=None, response_deserializer=None)
        try:
            answer = call(encode(method + "Request", values), timeout=within)
        except grpc.RpcError as error:
            raise CallFailed(method, error.details())
        return decode(method + "Response", answer) if method + "Response" in MESSAGES else None
