"""The same rounds through Docker's interface for programs: its command line costs more than the container."""

import concurrent.futures
import http.client
import json
import socket

import runtime
from rounds import Score, classify

IMAGE = "cc/test:root"


class _Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("docker", timeout=120)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(120)
        self.sock.connect(self._path)


class Client:
    """One connection, which stays open."""

    def __init__(self, machine):
        self._connection = _Connection(machine.path("/run/docker.sock"))

    def call(self, method, path, body=None):
        """The status, and the decoded answer."""
        self._connection.request(method, path, json.dumps(body) if body is not None else None,
                                 {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text.strip() else None

    def close(self):
        self._connection.close()


def one(client, name, binds, argv, forbidden):
    """What came of one container, and why."""
    status, made = client.call("POST", "/containers/create", {
        "Image": IMAGE, "Cmd": argv,
        "HostConfig": {"Binds": binds, "Runtime": name, "NetworkMode": "none", "LogConfig": {"Type": "none"}}})
    if status != 201:
        return "error", "create: %s %s" % (status, made)
    path = "/containers/" + made["Id"]
    try:
        status, answer = client.call("POST", path + "/start")
        if status != 204:
            said = str((answer or {}).get("message"))
            return ("refused" if runtime.refusal(said, forbidden) else "error"), "start: %s %s" % (status, said)
        code = client.call("POST", path + "/wait")[1]["StatusCode"]
        return classify(code), "exit code %d" % code
    finally:
        client.call("DELETE", path + "?force=1&v=1")


def rounds(machine, name, binds, argv, forbidden, count, at_once=4):
    """COUNT containers of the runtime NAME, some AT_ONCE."""
    score = Score()

    def some(number):
        client = Client(machine)
        try:
            for _ in range(number):
                score.add(*one(client, name, binds, argv, forbidden))
        finally:
            client.close()

    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        shares = [count // at_once + (i < count % at_once) for i in range(at_once)]
        for job in [pool.submit(some, share) for share in shares]:
            job.result()
    return score.answer()
