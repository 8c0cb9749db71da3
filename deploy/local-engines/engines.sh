# shellcheck shell=bash
# Read by start.sh and stop.sh: where the two servers live, and how to tell whether they run.

if [ "$(id -u)" = 0 ]; then
  # Elasticsearch runs as another user then, who cannot look into root's home.
  cache="${XDG_CACHE_HOME:-/var/cache}"
else
  cache="${XDG_CACHE_HOME:-$HOME/.cache}"
fi
root="$(realpath -m "${RECOUNT_ENGINES_DIR:-$cache/recount-engines}")"

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# The process of $1 (kafka or elasticsearch), if it runs. A number in a file that outlived its process may be anyone's by now,
# so the command line must name our folder; that of a process that has ended and waits for its parent is empty.
pid_of() {
  local pid
  pid="$(cat "$root/$1/pid" 2>/dev/null)" && [ -n "$pid" ] || return 1
  tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "$root/$1/" || return 1
  echo "$pid"
}
