"""closedclaw tools …, closedclaw elevated …"""

from seeds import MIXED as SCENARIO_2, PERSONAL as SCENARIO_1, REMOTE as SCENARIO_3

MIXED = """{
  agents: {
    defaults: { sandbox: { mode: "non-main" } },
    list: [
      { id: "build", tools: { profile: "full", deny: ["group:web"] } },
      { id: "reader", sandbox: { workspaceAccess: "ro" } },
    ],
  },
  tools: {
    profile: "coding",
    deny: ["group:automation", "exce"],
    elevated: { patterns: ["brew *", "git push *"], requireApproval: true },
  },
}
"""

ELEVATED = """{
  tools: {
    elevated: {
      enabled: true,
      patterns: [
        "brew *",          // Homebrew commands need host access
        "git push *",      // Push needs host SSH keys
        "docker *"         // Docker commands need host daemon
      ],
      requireApproval: true   // Always ask user first
    }
  }
}
"""
MAIN = ("--session", "agent:main:main")


def test_check_shows_who_decides(c):
    c.write("mixed.json5", MIXED)
    c.golden("tools-check", c.run("tools", "check", "web_search", "--agent", "build", "--config", "mixed.json5", code=1))
    found = c.run("tools", "check", "CRON", "--json", config=MIXED, code=1).json()
    assert found["tool"] == "automations" and not found["allowed"] and found["known"], found
    assert (found["layer"], found["entry"], found["key"]) == ("global", "group:automation", "tools.deny"), found
    assert found["file"].endswith("etc/closedclaw.json5") and found["line"] == 11 and found["column"] == 11, found
    assert [layer["layer"] for layer in found["layers"]] == ["profile", "global", "sandbox"], found
    assert c.run("tools", "check", "exec", config=MIXED).out.startswith("exec  allowed")


def test_check_says_the_way_out(c):
    def text(*args):
        return " ".join(c.run("tools", "check", *args, config=MIXED, code=1).out.split())
    assert "write `message` into `alsoAllow`" in text("message"), text("message")
    assert "into `tools.sandbox.tools.alsoAllow`" in text("web_search", "--agent", "reader")
    assert "No configuration gives this tool to a sub-agent" in text("session_status", "--subagent", *MAIN)
    assert "`exce` is no tool that is known here" in text("exce")
    assert 'workspaceAccess "ro"' in text("write", "--agent", "reader")


def test_an_allow_does_not_bring_back_what_the_profile_lacks(c):
    """Seed 004 writes that it does; the product, and so this, only lets `alsoAllow` add."""
    allow = '{ tools: { profile: "messaging", allow: ["read", "message"] } }'
    result = c.run("tools", "check", "read", *MAIN, config=allow, code=1)
    assert "does not bring it back" in " ".join(result.out.split()), result
    c.run("tools", "check", "read", *MAIN, config='{ tools: { profile: "messaging", alsoAllow: ["read"] } }')


def test_check_by_sender_and_provider(c):
    config = ("{ tools: { toolsBySender: { '*': { deny: ['exec'] }, 'id:42': {} },"
              " byProvider: { small: { profile: 'minimal' } } } }")
    c.run("tools", "check", "exec", config=config, code=1)
    c.run("tools", "check", "exec", "--sender", "43", config=config, code=1)
    result = c.run("tools", "check", "exec", "--sender", "42", config=config)
    assert "tools.byProvider was left out" in result.out, result
    c.run("tools", "check", "exec", "--sender", "42", "--provider", "small/x", config=config, code=1)


def test_check_of_a_subagents_session(c):
    config = "{ tools: { subagents: { tools: { deny: ['exec'] } } } }"
    c.run("tools", "check", "exec", config=config)
    c.run("tools", "check", "exec", "--subagent", config=config, code=1)
    c.run("tools", "check", "exec", "--session", "agent:main:subagent:1", config=config, code=1)


def test_list(c):
    c.write("mixed.json5", MIXED)
    c.golden("tools-list", c.run("tools", "list", "--config", "mixed.json5"))
    found = c.run("tools", "list", "--json", config=MIXED).json()
    assert found["profile"] == "coding" and "exec" in found["allowed"] and "browser" not in found["allowed"], found
    assert [entry["entry"] for entry in found["unknown"]] == ["exce"], found
    names = found["allowed"] + [entry["tool"] for entry in found["denied"]]
    assert len(names) == len(set(names)) and all(entry["reason"] for entry in found["denied"]), found


def test_tables(c):
    c.golden("tools-list-tables", c.run("tools", "list", "--groups", "--profiles"))
    found = c.run("tools", "list", "--groups", "--profiles", "--json").json()
    assert found["groups"]["group:fs"] == ["read", "ls", "write", "edit", "apply_patch"], found
    assert {"sessions_spawn", "sessions_send", "automations", "gateway"} <= set(found["groups"]["group:automation"])
    assert {"web_search", "web_fetch"} <= set(found["groups"]["group:network"])
    assert found["groups"]["group:browser"] == ["browser"] and "image" in found["groups"]["group:media"]
    assert "exec" in found["profiles"]["full"] and "exec" not in found["profiles"]["minimal"]


def test_scenario_1(c):
    found = c.run("tools", "list", *MAIN, "--json", config=SCENARIO_1).json()
    assert not found["sandboxed"] and found["denied"] == [] and "exec" in found["allowed"], found
    assert c.run("elevated", "check", "--", "rm", "-rf", "/", config=SCENARIO_1).out.count("not sandboxed") == 2


def test_scenario_2(c):
    main = c.run("tools", "list", *MAIN, "--json", config=SCENARIO_2).json()
    group = c.run("tools", "list", "--session", "agent:main:telegram:group:-100123", "--json", config=SCENARIO_2).json()
    assert not main["sandboxed"] and group["sandboxed"]
    # the tools that seed 004's explain shows as effective, which a main session has
    assert {"read", "write", "edit", "exec", "web_search", "web_fetch", "image"} <= set(main["allowed"]), main
    for name in ("automations", "gateway", "sessions_spawn", "sessions_send"):
        assert name not in main["allowed"] and name not in group["allowed"], name
    assert "browser" in main["allowed"] and "browser" not in group["allowed"]


def test_scenario_3(c):
    found = c.run("tools", "list", "--json", config=SCENARIO_3).json()
    assert found["sandboxed"] and not {"exec", "process", "read", "write", "edit"} & set(found["allowed"]), found
    # exec is gone, and elevated adds no tool: the patterns are there in vain, and it says so
    result = c.run("elevated", "check", "--", "systemctl", "status", "nginx", config=SCENARIO_3, code=2)
    text = " ".join(result.out.split())
    assert "tool `exec` is denied" in text and "elevated adds no tool" in text and "systemctl status *" in text, result


def test_elevated(c):
    c.write("own.json5", ELEVATED)
    own = ("elevated", "check", "--config", "own.json5")
    c.golden("elevated-check", c.run(*own, "--", "git", "push", "origin", "main", code=1))
    c.golden("elevated-check-line", c.run(*own, "git push; rm -rf /", code=2))
    for line in ("git push", "git push origin main", "brew install 'a b'", "docker ps"):
        c.run("elevated", "check", line, config=ELEVATED, code=1)
    for line in ("git push && rm -rf /", "git push $(id)", "git push `id`", "X=1 git push", "git push > /etc/passwd", "git push | sh",
                 "git push &", "git push\nrm -rf /", "git status", "rm -rf / # git push", "", "git 'push", "/tmp/git push", "sudo git push"):
        c.run("elevated", "check", "--", line, config=ELEVATED, code=2)
    found = c.run("elevated", "check", "--json", "--", "git", "push", config=ELEVATED, code=1).json()
    assert found["answer"] == "approval" and found["pattern"]["text"] == "git push *" and found["pattern"]["line"] == 5, found
    free = ELEVATED.replace("requireApproval: true", "requireApproval: false")
    assert c.run("elevated", "check", "--json", "git push", config=free, code=0).json()["answer"] == "host"


def test_elevated_by_sender(c):
    config = "{ tools: { elevated: { patterns: ['ls'], allowFrom: { telegram: [42] } } } }"
    c.run("elevated", "check", "ls", config=config, code=2)
    c.run("elevated", "check", "--provider", "telegram", "--sender", "42", "ls", config=config, code=1)
    c.run("elevated", "check", "--provider", "telegram", "--sender", "43", "ls", config=config, code=2)
    c.run("elevated", "check", "--provider", "discord", "--sender", "42", "ls", config=config, code=2)


def test_wrong_configuration(c):
    wrong = "{ tools: { profile: 'codding' } }"
    for command in (("tools", "check", "exec"), ("tools", "list"), ("elevated", "check", "ls")):
        result = c.run(*command, config=wrong, code=3)
        assert "codding" in result.out and "nothing" in result.out, result
        assert c.run(*command[:2], "--json", *command[2:], config=wrong, code=3).json()["problems"], command


def test_control_characters_are_not_shown(c):
    result = c.run("tools", "check", "a\x1b[2Jb", "--session", "x\x1b]0;y\x07", code=None)
    assert "\x1b" not in result.out + result.err and "\x07" not in result.out, result
    result = c.run("elevated", "check", "--", "a\x1b[2J", "b\r\n", code=None)
    assert "\x1b" not in result.out + result.err and "\r" not in result.out, result


def test_what_is_not_one_tool(c):
    """No list takes `group:fs` itself away: "allowed" would be the answer, with every tool of it denied."""
    config = "{ tools: { deny: ['write', 'edit', 'apply_patch'] } }"
    for name in ("group:fs", " GROUP:fs", "*", "wri*", "", " "):
        assert "is not one tool" in c.run("tools", "check", name, config=config, code=64).err
    c.run("tools", "check", "write", config=config, code=1)


def test_the_command_is_one_line(c):
    """What is below it is the answer, and must not be the command's own words."""
    config = "{ tools: { elevated: { patterns: ['git push *'] } } }"
    result = c.run("elevated", "check", "--", "git status\nruns on the host", config=config, code=2)
    assert result.out.splitlines()[1].strip() == "not elevated", result
    assert c.run("elevated", "check", "--", "git", "push x", config=config, code=2).out.startswith("git 'push x'\n")
