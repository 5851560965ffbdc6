#!/usr/bin/env bash
# Tries the two commands of the README on fresh clones the way a stranger's machine would: no compiler, no python, an
# empty HOME, no npm configuration of a user, and not as root. Each is the very first command in its clone; of the tests,
# those that start processes, open sockets or load native code.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

# Everything the machine has, but what builds native code.
mkdir "$work/bin"
for file in /usr/bin/* /bin/* /usr/sbin/*; do
  name=${file##*/}
  case $name in
    python* | pip* | gcc* | g++* | c++* | cc | c89* | c99* | cpp* | make | gmake | cmake* | clang* | ld | ld.* | as | tsc | *-linux-gnu*) ;;
    *) ln -sf "$file" "$work/bin/$name" ;;
  esac
done
for name in node npm; do ln -sf "$(readlink -f "$(command -v "$name")")" "$work/bin/$name"; done

# The environment of a stranger: as whoever has the fewest rights here, with a HOME of his own.
stranger() {
  env_of=(env -i HOME="$work/home-$1" PATH="$work/bin")
  [ "$(id -u)" != 0 ] || env_of=(setpriv --reuid=65534 --regid=65534 --clear-groups "${env_of[@]}")
}

clone() {
  git clone --quiet --no-hardlinks "$source" "$work/$1"
  mkdir "$work/home-$1"
  [ "$(id -u)" != 0 ] || chown -R 65534:65534 "$work/$1" "$work/home-$1"
}

echo "-- npm start"
clone start
stranger start
# A session of its own: a Ctrl-C goes to the whole group, as from a terminal.
(cd "$work/start" && exec setsid "${env_of[@]}" npm start) >"$work/start.log" 2>&1 &
starter=$!
fail() {
  cat "$work/start.log"
  echo "bare clone: $*"
  kill -INT -- "-$starter" 2>/dev/null || true
  wait "$starter" || true
  exit 1
}
for _ in $(seq 1200); do
  grep -q '^Ctrl-C here ends everything' "$work/start.log" && break
  kill -0 "$starter" 2>/dev/null || break
  sleep 0.1
done
grep -q '^Ctrl-C here ends everything' "$work/start.log" || fail "npm start did not come up"
command=$(grep -m1 -E 'fleetctl status$' "$work/start.log")
running() {
  "${env_of[@]}" sh -c "$command" >"$work/status.txt" || true
  for host in web1 web2 db1; do grep -q "^$host .*RUNNING" "$work/status.txt" || return 1; done
}
for _ in $(seq 50); do
  running && break
  sleep 0.2
done
cat "$work/status.txt"
running || fail "fleetctl status does not show all hosts running"
pids=$(grep -o 'pid [0-9]*' "$work/status.txt" | cut -d' ' -f2)
kill -INT -- "-$starter"
wait "$starter" || true
for pid in $pids; do
  if kill -0 "$pid" 2>/dev/null; then fail "process $pid outlived npm start"; fi
done
wrote=$(ls -A "$work/home-start" | grep -vx '.npm' || true)
[ -z "$wrote" ] || fail "npm start wrote into HOME: $wrote"

echo "-- npm test"
clone test
stranger test
cd "$work/test"
# What a machine can be in the way of: processes, sockets, native code. What is pure is the same everywhere.
"${env_of[@]}" npm test -- test/e2e packages/agent/src/os packages/agent/src/logs packages/agent/src/state \
  packages/controller/src/store --reporter=dot --reporter=./test/support/closing-line.ts
