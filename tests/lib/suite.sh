# Starts a suite of its own for a test and stops it at the end, whatever happens; or, with use_suite, takes the one that
# SUITE_DATA names (tests/lib/keep_suite), which others use too. Sourced after `set -euo pipefail`. Gives: SUITE_DATA, SUITE_PORT, SUITE_SIP_PORT, SUITE_RUN. HOTLINE_PRESET chooses the build (release).

SUITE_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# Prints a PORT and a SIP_PORT for `up` whose further ports are free too. Below the range that the kernel gives to outgoing
# connections, which could take one of them meanwhile.
free_ports() {
  local port sip
  for _ in $(seq 100); do
    port=$((1100 + RANDOM % 8400)) sip=$((24000 + RANDOM % 5900))
    "$SUITE_ROOT/deploy/local/ports.py" --port "$port" --sip-port "$sip" 2>/dev/null && { echo "$port $sip"; return; }
  done
  return 1
}

start_suite() {
  SUITE_DATA=$(mktemp -d /tmp/hotline-test-XXXXXX)
  chmod 755 "$SUITE_DATA"
  read -r SUITE_PORT SUITE_SIP_PORT < <(free_ports)
  trap stop_suite EXIT
  "$SUITE_ROOT/deploy/local/up" --data "$SUITE_DATA" --port "$SUITE_PORT" --sip-port "$SUITE_SIP_PORT" \
    --preset "${HOTLINE_PRESET:-release}" --no-build "$@" || { show_suite_logs; return 1; }
  # shellcheck disable=SC1091
  SUITE_RUN=$(. "$SUITE_DATA/settings" && echo "$RUN")
  export SUITE_DATA SUITE_PORT SUITE_SIP_PORT SUITE_RUN SUITE_ROOT
}

use_suite() {
  [ -n "${SUITE_DATA:-}" ] || start_suite "$@"
}

show_suite_logs() {
  local log
  for log in "$SUITE_DATA"/log/*.log; do
    echo "--- $(basename "$log")"
    grep -vE '"level":"info"' "$log" | tail -n 15 | cut -c1-400 || true
  done
}

stop_suite() {
  "$SUITE_ROOT/deploy/local/down" --data "$SUITE_DATA" >/dev/null 2>&1 || true
  [ -n "${KEEP_SUITE:-}" ] || rm -rf "$SUITE_DATA"
}
