"""`closedclaw security audit` and `closedclaw doctor`: findings, screens, JSON, exit codes, suppressions."""

# The configurations of ClosedClaw's own documentation ("Mandatory Sandboxing"), word for word.
DEFAULTS = """{
  agents: {
    defaults: {
      sandbox: {
        mode: "all", // All sessions sandboxed
        scope: "session", // One container per session
        workspaceAccess: "none", // No host filesystem access
        docker: {
          readOnlyRoot: true, // Immutable container filesystem
          network: "none", // No network access
          capDrop: ["ALL"], // Drop all Linux capabilities
        },
      },
    },
  },
}
"""
OFF = """{
  agents: {
    defaults: {
      sandbox: {
        mode: "off",
      },
    },
  },
}
"""
NON_MAIN = """{
  agents: {
    defaults: {
      sandbox: {
        mode: "non-main", // Only sandbox non-main sessions
      },
    },
  },
}
"""
READ_ONLY = """{
  agents: {
    defaults: {
      sandbox: {
        mode: "all",
        workspaceAccess: "ro", // Read-only host workspace
      },
    },
  },
}
"""
NETWORK = """{
  agents: {
    defaults: {
      sandbox: {
        docker: {
          network: "bridge", // Enable network (use cautiously)
        },
      },
    },
  },
}
"""
# What its audit "will flag", written into the same defaults.
SIX = [
    ("sandbox.mode_off", "critical", 'mode: "all"', 'mode: "off"'),
    ("sandbox.mode_non_main", "warn", 'mode: "all"', 'mode: "non-main"'),
    ("sandbox.workspace_rw", "warn", 'workspaceAccess: "none"', 'workspaceAccess: "rw"'),
    ("sandbox.network_enabled", "warn", 'network: "none"', 'network: "bridge"'),
    ("sandbox.root_writable", "warn", "readOnlyRoot: true", "readOnlyRoot: false"),
    ("sandbox.caps_not_dropped", "warn", 'capDrop: ["ALL"]', 'capDrop: ["NET_RAW"]'),
]
# A gateway's own file, with what ClosedClaw's reader does not take.
GATEWAY = """{
  gateway: { controlUi: { allowInsecureAuth: true } },
  agents: {
    defaults: {
      sandbox: {
        docker: {
          network: "host",
          binds: ["~/projects:/projects", "/var/run/docker.sock:/var/run/docker.sock"],
          seccompProfile: "unconfined",
        },
      },
    },
    list: [{ id: "main" }, { id: "build", sandbox: { mode: "off", docker: { apparmorProfile: "unconfined" } } }],
  },
  tools: { elevated: { allowFrom: { telegram: ["*"] } } },
}
"""


def audit(c, text, code):
    return c.run("security", "audit", "--config", c.write("openclaw.json5", text), "--json", code=code).json()


def ids(report):
    return {f["checkId"] for f in report["findings"] if f["severity"] != "info"}


def test_the_six(c):
    assert audit(c, DEFAULTS, 0)["findings"] == []
    for check, severity, good, bad in SIX:
        assert good in DEFAULTS
        report = audit(c, DEFAULTS.replace(good, bad), 2 if severity == "critical" else 1)
        found = [f for f in report["findings"] if f["checkId"] == check]
        assert len(found) == 1 and found[0]["severity"] == severity, report
        line = DEFAULTS.replace(good, bad).splitlines()[found[0]["line"] - 1]
        assert line[found[0]["column"] - 1:].startswith(bad.split(": ", 1)[1]), found
        wanted = good.split(": ", 1)[1]
        assert found[0]["remediation"].endswith("` to " + wanted), found


def test_the_texts_of_the_documentation(c):
    assert ids(audit(c, OFF, 2)) == {"sandbox.mode_off"}
    assert ids(audit(c, NON_MAIN, 1)) == {"sandbox.mode_non_main"}
    assert ids(audit(c, READ_ONLY, 0)) == set()
    assert ids(audit(c, NETWORK, 1)) == {"sandbox.network_enabled"}


def test_a_gateways_own_file(c):
    report = audit(c, GATEWAY, 2)
    found = {(f["checkId"], f["agent"]) for f in report["findings"]}
    for check, agent in (("sandbox.dangerous_network_mode", ""), ("sandbox.dangerous_seccomp_profile", ""), ("sandbox.dangerous_apparmor_profile", "build"),
                         ("sandbox.bind_mount_non_absolute", ""), ("sandbox.dangerous_bind_mount", ""), ("sandbox.docker_config_mode_off", "build"),
                         ("tools.elevated.allowFrom.telegram.wildcard", ""), ("config.insecure_or_dangerous_flags", ""), ("sandbox.mode_off", "build"),
                         ("sandbox.mode_unwritten", "")):
        assert (check, agent) in found, (check, found)
    assert "config.invalid" not in {check for check, _ in found}, report


def test_screen(c):
    name = c.write("openclaw.json5", GATEWAY)
    c.golden("doctor_audit", c.run("security", "audit", "--config", name, code=2))
    c.golden("doctor_clean", c.run("security", "audit", "--config", c.write("good.json5", DEFAULTS), code=0))


def test_screen_of_many(c):
    agents = "".join('{ id: "a%d", sandbox: { docker: { network: "bridge" } } }, ' % i for i in range(9))
    name = c.write("many.json5", "{ agents: { list: [%s] } }" % agents)
    out = c.run("security", "audit", "--config", name, code=1).out
    assert out.count("Where") == 5 and "… and 4 places more: --all shows them" in out, out
    assert c.run("security", "audit", "--config", name, "--all", code=1).out.count("Where") == 9


def test_json(c):
    report = audit(c, OFF, 2)
    assert set(report) == {"ts", "summary", "findings", "suppressedFindings"}
    assert report["summary"] == {"critical": 1, "warn": 0, "info": 0}
    assert report["ts"] > 1500000000000 and report["suppressedFindings"] == []
    assert set(report["findings"][0]) == {"checkId", "severity", "title", "detail", "why", "remediation", "file", "line", "column", "agent"}


def test_suppressed(c):
    text = NETWORK.rstrip()[:-1] + '  security: { audit: { suppressions: [{ checkId: "sandbox.network_enabled", reason: "behind a proxy" }] } },\n}\n'
    report = audit(c, text, 0)
    assert [f["suppression"]["reason"] for f in report["suppressedFindings"]] == ["behind a proxy"]
    assert [f["checkId"] for f in report["findings"]] == ["security.audit.suppressions.active"]
    report = audit(c, text.replace(', reason: "behind a proxy"', ""), 1)
    assert report["suppressedFindings"] == []
    assert ids(report) == {"sandbox.network_enabled", "security.audit.suppressions.no_reason"}


def test_no_secret(c):
    text = '{ agents: { defaults: { sandbox: { docker: { env: { API_TOKEN: "hunter2hunter2" } } } } } }\n'
    name = c.write("secret.json5", text)
    for more in ([], ["--json"], ["--all"]):
        assert "hunter2" not in str(c.run("security", "audit", "--config", name, *more, code=1))


def test_hosts_configuration(c):
    assert c.run("security", "audit", config="{}", code=0).out == "ok  nothing found\n"
    assert "sandbox.mode_off" in c.run("security", "audit", config=OFF, code=2).out
    c.run("security", "audit", "-q", config=NETWORK, code=1)


def test_configuration_that_others_may_write(c):
    name = c.write("others.json5", "{}", mode=0o666)
    result = c.run("security", "audit", env={"CLOSEDCLAW_CONFIG": c.path(name)}, code=2)
    assert "policy.file_writable_by_others" in result.out, result


def test_policy_in_a_bind(c):
    name = c.write("etc/own.json5", '{ agents: { defaults: { sandbox: { docker: { binds: ["%s:/x:rw"] } } } } }' % c.path("etc"))
    assert "policy.file_writable_by_agent" in c.run("security", "audit", "--config", name, code=2).out


def test_list(c):
    out = c.run("doctor", "--list").out
    assert "critical  sandbox.mode_off" in out and "warning   sandbox.network_enabled" in out


def test_no_such_file(c):
    c.run("security", "audit", "--config", "nothing.json5", code=3)
