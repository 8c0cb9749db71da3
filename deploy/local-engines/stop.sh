#!/usr/bin/env bash
# Stops what start.sh started. --wipe also deletes the data.
set -euo pipefail
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/engines.sh"

stop_limit_s=20

case "${1-}" in
  '' | --wipe) ;;
  *) die 'Usage: stop.sh [--wipe]' ;;
esac

for server in kafka elasticsearch; do
  if pid="$(pid_of "$server")"; then
    say "Stopping ${server}…"
    # a frozen process takes the signal to end only when it goes on
    kill -CONT "$pid"
    kill -TERM "$pid" 2>/dev/null || true
    until_s=$((SECONDS + stop_limit_s))
    while pid_of "$server" >/dev/null; do
      [ "$SECONDS" -lt "$until_s" ] || kill -KILL "$pid" 2>/dev/null || true
      sleep 0.1
    done
  fi
  rm -f "$root/$server/pid"
  [ "${1-}" != --wipe ] || rm -rf "$root/$server/data"
done
