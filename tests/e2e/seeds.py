"""The configurations of the documents that the product comes from, word for word."""

# Seed 004, "Putting It All Together", and what its `sandbox explain` shows; word for word
PERSONAL = """{
  agents: {
    defaults: {
      sandbox: { mode: "off" }       // No sandbox needed
    }
  },
  tools: {
    profile: "full"                   // All tools available
  }
}
"""

MIXED = """{
  agents: {
    defaults: {
      sandbox: { mode: "non-main" }   // Sandbox everything except main DM
    }
  },
  tools: {
    profile: "coding",
    deny: ["group:automation"]
  }
}
"""

REMOTE = """{
  agents: {
    defaults: {
      sandbox: {
        mode: "all",
        scope: "session",
        workspace: "ro"
      }
    }
  },
  tools: {
    profile: "messaging",
    deny: ["group:runtime", "group:fs"],
    elevated: {
      enabled: true,
      patterns: ["systemctl status *", "journalctl *"],
      requireApproval: true
    }
  }
}
"""

# Seed 001, "Custom bind mounts"
BINDS = """{
  agents: {
    defaults: {
      sandbox: {
        docker: {
          binds: ["/home/user/source:/source:ro", "/var/data/myapp:/data:ro"],
        },
      },
    },
    list: [
      {
        id: "build",
        sandbox: {
          docker: {
            binds: ["/mnt/cache:/cache:rw"],
          },
        },
      },
    ],
  },
}
"""

# What makes the screen of seed 004's "Debugging": scenario 2 with the patterns of "Elevated Mode"
EXAMPLE = """{
  agents: {
    defaults: {
      sandbox: { mode: "non-main" }
    }
  },
  tools: {
    profile: "coding",
    deny: ["group:automation"],
    elevated: {
      enabled: true,
      patterns: [
        "brew *",          // Homebrew commands need host access
        "git push *",      // Push needs host SSH keys
      ],
      requireApproval: true   // Always ask user first
    }
  }
}
"""
