# Shared by up, down, status, logs and check: options, paths, the few things they all do.

SERVICES="directory agent_state acd ivr telephony ticket sla_timer knowledge_base analytics gateway"
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

if [ "$(id -u)" -eq 0 ]; then DATA=/var/lib/hotline; else DATA=${XDG_DATA_HOME:-$HOME/.local/share}/hotline; fi
PORT=8080 SIP_PORT=5060 PRESET=release BUILD=1 CHECK=1 REST=()

usage() { sed -n '2,/^$/s/^# \{0,1\}//p' "$0"; exit "${1:-0}"; }

parse_options() {
  while [ $# -gt 0 ]; do
    case "$1" in
      --data) DATA=$2; shift ;;
      --port) PORT=$2; shift ;;
      --sip-port) SIP_PORT=$2; shift ;;
      --preset) PRESET=$2; shift ;;
      --no-build) BUILD=0 ;;
      --no-check) CHECK=0 ;;
      -h|--help) usage ;;
      -*) echo "unknown option $1" >&2; usage 2 ;;
      *) REST+=("$1") ;;
    esac
    shift
  done
  case "$PORT$SIP_PORT" in *[!0-9]*) echo "--port and --sip-port take numbers" >&2; exit 2 ;; esac
  mkdir -p "$DATA"; DATA=$(cd "$DATA" && pwd)
  # A Unix socket's path may have 107 characters.
  RUN=$DATA/run
  [ ${#RUN} -le 70 ] || RUN=/tmp/hotline-$(printf %s "$DATA" | sha256sum | cut -c1-12)
}

load_settings() { # of an installation that exists
  [ -f "$DATA/settings" ] || { echo "No installation in $DATA: run deploy/local/up first (--data DIR for another place)." >&2; exit 1; }
  # shellcheck disable=SC1091
  . "$DATA/settings"
}

# The account that everything runs under: services never run as root.
service_user() { if [ "$(id -u)" -eq 0 ]; then echo hotline; else id -un; fi; }
as_service_user() { if [ "$(id -u)" -eq 0 ]; then runuser -u hotline -- "$@"; else "$@"; fi; }
control() { as_service_user supervisorctl -c "$DATA/config/supervisord.conf" "$@"; }
supervisor_runs() { [ -S "$RUN/supervisor.sock" ] && control pid >/dev/null 2>&1; }

say() { printf '%s\n' "$*"; }
step() { printf '[%s] %s\n' "$(date +%H:%M:%S)" "$*"; }

# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
  local seconds=$1 what=$2 end; shift 2
  end=$(($(date +%s) + seconds))
  until "$@" >/dev/null 2>&1; do
    [ "$(date +%s)" -lt "$end" ] || { echo "gave up waiting for $what after $seconds s" >&2; return 1; }
    sleep 0.1
  done
}
