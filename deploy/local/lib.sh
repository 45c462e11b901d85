# Shared by up, down, status, logs and check: options, paths, the few things they all do.

SERVICES="directory agent_state acd ivr telephony ticket sla_timer knowledge_base analytics gateway"
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

if [ "$(id -u)" -eq 0 ]; then DATA=/var/lib/hotline; else DATA=${XDG_DATA_HOME:-$HOME/.local/share}/hotline; fi
PORT='' SIP_PORT='' ADDRESS='' PRESET='' BUILD=1 CHECK=1 REST=()

# Ports that follow from PORT and SIP_PORT; deploy/local/ports.py lists them all.
HIGHEST_PORT=64525 HIGHEST_SIP_PORT=65515

usage() { sed -n '2,/^$/s/^# \{0,1\}//p' "$0"; exit "${1:-0}"; }

bad_option() { echo "$(basename "$0"): $1" >&2; exit 2; }

# parse_options "--data --port …" ARGUMENTS...: the options that this command knows, and what was given.
parse_options() {
  local known=" $1 -h --help " option; shift
  while [ $# -gt 0 ]; do
    option=$1
    case "$option" in
      -*) case "$known" in *" $option "*) ;; *) bad_option "unknown option $option (--help shows what there is)" ;; esac ;;
    esac
    case "$option" in
      --data|--port|--sip-port|--address|--preset)
        [ $# -ge 2 ] && [ -n "$2" ] || bad_option "$option needs a value"
        case "$2" in -*) bad_option "$option needs a value, not $2" ;; esac ;;
    esac
    case "$option" in
      --data) DATA=$2; shift ;;
      --port) PORT=$2; shift ;;
      --sip-port) SIP_PORT=$2; shift ;;
      --address) ADDRESS=$2; shift ;;
      --preset) PRESET=$2; shift ;;
      --no-build) BUILD=0 ;;
      --no-check) CHECK=0 ;;
      -h|--help) usage ;;
      *)
        case "$known" in *" SERVICE "*) REST+=("$option") ;; *) bad_option "what is \"$option\"? (--help shows what there is)" ;; esac ;;
    esac
    shift
  done
  [ -z "$PORT" ] || in_range --port "$PORT" "$HIGHEST_PORT"
  [ -z "$SIP_PORT" ] || in_range --sip-port "$SIP_PORT" "$HIGHEST_SIP_PORT"
  # Supervisor's configuration and settings hold the path as it is.
  case "$DATA" in *[[:space:]\%\;\"\'\$\`\\]*) bad_option "--data takes a path without blanks and %;\"'\$\`\\" ;; esac
  DATA=$(realpath -ms "$DATA")
  # A Unix socket's path may have 107 characters.
  RUN=$DATA/run
  [ ${#RUN} -le 70 ] || RUN=$(runtime_root)/hotline-$(printf %s "$DATA" | sha256sum | cut -c1-12)
}

runtime_root() { if [ "$(id -u)" -eq 0 ]; then echo /run; else echo "${XDG_RUNTIME_DIR:-/tmp}"; fi; }

in_range() { # OPTION VALUE HIGHEST
  case "$2" in *[!0-9]*|??????*) bad_option "$1 takes a number from 1 to $3, not $2" ;; esac
  [ "$2" -ge 1 ] && [ "$2" -le "$3" ] || bad_option "$1 takes a number from 1 to $3, not $2"
}

# What was not given is as this installation had it, or else the default.
settle_options() {
  local port=8080 sip_port=5060 address=127.0.0.1 preset=release was=''
  local wanted_port=$PORT wanted_sip=$SIP_PORT wanted_address=$ADDRESS wanted_preset=$PRESET
  if [ -f "$DATA/settings" ]; then
    ADDRESS=''
    # shellcheck disable=SC1091
    . "$DATA/settings"
    port=$PORT sip_port=$SIP_PORT address=${ADDRESS:-$address} preset=$PRESET
    was="$port/$sip_port/$address"
  fi
  PORT=${wanted_port:-$port} SIP_PORT=${wanted_sip:-$sip_port} ADDRESS=${wanted_address:-$address} PRESET=${wanted_preset:-$preset}
  CHANGED=0
  [ -z "$was" ] || [ "$was" = "$PORT/$SIP_PORT/$ADDRESS" ] || CHANGED=1
}

load_settings() { # of an installation that exists
  [ -f "$DATA/settings" ] || { echo "No installation in $DATA: run deploy/local/up first (--data DIR for another place)." >&2; exit 1; }
  # shellcheck disable=SC1091
  . "$DATA/settings"
}

# The account that everything runs under: services never run as root.
service_user() { if [ "$(id -u)" -eq 0 ]; then echo hotline; else id -un; fi; }
as_service_user() { if [ "$(id -u)" -eq 0 ]; then runuser -u hotline -- "$@"; else "$@"; fi; }

# Media threads ask for real-time priority (SCHED_RR): audio must not wait for a busy machine. This allows it to what the
# command starts, where this machine lets us; elsewhere they run like any other thread.
REALTIME_PRIORITY=10
as_service_user_with_realtime() {
  local allow=()
  if prlimit --rtprio=$REALTIME_PRIORITY:$REALTIME_PRIORITY true 2>/dev/null; then
    allow=(prlimit --rtprio=$REALTIME_PRIORITY:$REALTIME_PRIORITY)
  fi
  if [ "$(id -u)" -eq 0 ]; then allow+=(runuser -u hotline --); fi
  "${allow[@]}" "$@"
}
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
