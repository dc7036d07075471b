# bash completion for closedclaw(1), written by `closedclaw completion bash`
_closedclaw() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} name='' word rest i
  local names='doctor|security audit|sandbox list|sandbox explain|tools check|tools list|elevated check|preview|config check|config show|config json|config import|config schema|completion|help|version'
  COMPREPLY=()
  # `--color=au` comes as three words
  if [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; elif [[ $cur == = ]]; then cur=''; fi
  # the longest name of a command that the words before the cursor begin with
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    [[ $word == -- ]] && return
    [[ $word == -* ]] && continue
    if [[ "|$names|" == *"|${name:+$name }$word|"* || "|$names" == *"|${name:+$name }$word "* ]]; then
      name="${name:+$name }$word"
    else
      break
    fi
  done
  case "$name $prev" in
    'doctor --config') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    'doctor --root') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
    'doctor --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'security audit --config') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    'security audit --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'sandbox list --agent') COMPREPLY=($(compgen -W "$(closedclaw complete agents 2>/dev/null)" -- "$cur")); return ;;
    'sandbox list --engine') COMPREPLY=($(compgen -W 'docker containerd cri podman cri-o none' -- "$cur")); return ;;
    'sandbox list --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'sandbox explain --agent') COMPREPLY=($(compgen -W "$(closedclaw complete agents 2>/dev/null)" -- "$cur")); return ;;
    'sandbox explain --session') COMPREPLY=(); return ;;
    'sandbox explain --container') COMPREPLY=($(compgen -W "$(closedclaw complete containers 2>/dev/null)" -- "$cur")); return ;;
    'sandbox explain --config') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    'sandbox explain --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'tools check --agent') COMPREPLY=($(compgen -W "$(closedclaw complete agents 2>/dev/null)" -- "$cur")); return ;;
    'tools check --session') COMPREPLY=(); return ;;
    'tools check --provider') COMPREPLY=(); return ;;
    'tools check --sender') COMPREPLY=(); return ;;
    'tools check --config') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    'tools check --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'tools list --agent') COMPREPLY=($(compgen -W "$(closedclaw complete agents 2>/dev/null)" -- "$cur")); return ;;
    'tools list --session') COMPREPLY=(); return ;;
    'tools list --provider') COMPREPLY=(); return ;;
    'tools list --sender') COMPREPLY=(); return ;;
    'tools list --config') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    'tools list --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'elevated check --agent') COMPREPLY=($(compgen -W "$(closedclaw complete agents 2>/dev/null)" -- "$cur")); return ;;
    'elevated check --session') COMPREPLY=(); return ;;
    'elevated check --provider') COMPREPLY=(); return ;;
    'elevated check --sender') COMPREPLY=(); return ;;
    'elevated check --config') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    'elevated check --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'preview --config') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    'preview --agent') COMPREPLY=($(compgen -W "$(closedclaw complete agents 2>/dev/null)" -- "$cur")); return ;;
    'preview --session') COMPREPLY=(); return ;;
    'preview --engine') COMPREPLY=($(compgen -W 'docker containerd cri podman cri-o none' -- "$cur")); return ;;
    'preview --kind') COMPREPLY=($(compgen -W 'plain agent browser pod-sandbox' -- "$cur")); return ;;
    'preview --root') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
    'preview --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'config check --config') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    'config check --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'config show --agent') COMPREPLY=($(compgen -W "$(closedclaw complete agents 2>/dev/null)" -- "$cur")); return ;;
    'config show --config') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    'config show --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'config json --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'config import --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'config schema --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'completion --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'help --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    'version --color') COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
  esac
  case $name in
    'doctor')
      [[ $cur == -* ]] && COMPREPLY=($(compgen -W ' --config --json --all --fix --yes --list --root --help --quiet --color' -- "$cur")) && return
      COMPREPLY=() ;;
    'security audit')
      [[ $cur == -* ]] && COMPREPLY=($(compgen -W ' --config --json --all --fix --yes --list --help --quiet --color' -- "$cur")) && return
      COMPREPLY=() ;;
    'sandbox list')
      [[ $cur == -* ]] && COMPREPLY=($(compgen -W ' --all --agent --engine --no-drift --json --help --quiet --color' -- "$cur")) && return
      COMPREPLY=() ;;
    'sandbox explain')
      [[ $cur == -* ]] && COMPREPLY=($(compgen -W ' --agent --session --container --json --config --help --quiet --color' -- "$cur")) && return
      COMPREPLY=() ;;
    'tools check')
      [[ $cur == -* ]] && COMPREPLY=($(compgen -W ' --agent --session --provider --sender --subagent --config --json --help --quiet --color' -- "$cur")) && return
      COMPREPLY=($(compgen -W "$(closedclaw complete tools 2>/dev/null)" -- "$cur")) ;;
    'tools list')
      [[ $cur == -* ]] && COMPREPLY=($(compgen -W ' --agent --session --provider --sender --subagent --groups --profiles --config --json --help --quiet --color' -- "$cur")) && return
      COMPREPLY=() ;;
    'elevated check')
      [[ $cur == -* ]] && COMPREPLY=($(compgen -W ' --agent --session --provider --sender --config --json --help --quiet --color' -- "$cur")) && return
      COMPREPLY=() ;;
    'preview')
      [[ $cur == -* ]] && COMPREPLY=($(compgen -W ' --config --agent --session --engine --kind --root --diff --full --json --spec --help --quiet --color' -- "$cur")) && return
      compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    'config check')
      [[ $cur == -* ]] && COMPREPLY=($(compgen -W ' --config --json --help --quiet --color' -- "$cur")) && return
      compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    'config show')
      [[ $cur == -* ]] && COMPREPLY=($(compgen -W ' --effective --agent --config --json --help --quiet --color' -- "$cur")) && return
      COMPREPLY=() ;;
    'config json')
      [[ $cur == -* ]] && COMPREPLY=($(compgen -W ' --help --quiet --color' -- "$cur")) && return
      compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    'config import')
      [[ $cur == -* ]] && COMPREPLY=($(compgen -W ' --json --help --quiet --color' -- "$cur")) && return
      compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    'config schema')
      [[ $cur == -* ]] && COMPREPLY=($(compgen -W ' --help --quiet --color' -- "$cur")) && return
      COMPREPLY=() ;;
    'completion')
      [[ $cur == -* ]] && COMPREPLY=($(compgen -W ' --help --quiet --color' -- "$cur")) && return
      COMPREPLY=() ;;
    'help')
      [[ $cur == -* ]] && COMPREPLY=($(compgen -W ' --help --quiet --color' -- "$cur")) && return
      COMPREPLY=() ;;
    'version')
      [[ $cur == -* ]] && COMPREPLY=($(compgen -W ' --help --quiet --color' -- "$cur")) && return
      COMPREPLY=() ;;
    *)
      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W '--help --version' -- "$cur")); return; fi
      rest=$(tr '|' '\n' <<<"$names" | sed -n "s/^${name:+$name }\([a-z]*\).*/\1/p" | sort -u)
      COMPREPLY=($(compgen -W "$rest" -- "$cur")) ;;
  esac
}
complete -F _closedclaw closedclaw
