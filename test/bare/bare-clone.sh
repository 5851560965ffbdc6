#!/usr/bin/env bash
# Tries the two commands of the README on fresh clones the way a stranger's machine would: no compiler, no python, an
# empty HOME, no npm configuration of a user, and not as root. Each is the very first command in its clone.
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

# As whoever has the fewest rights here.
as_stranger() {
  local home=$1
  shift
  local drop=()
  [ "$(id -u)" != 0 ] || drop=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  "${drop[@]}" env -i HOME="$home" PATH="$work/bin" "$@"
}

clone() {
  git clone --quiet --no-hardlinks "$source" "$work/$1"
  mkdir "$work/home-$1"
  [ "$(id -u)" != 0 ] || chown -R 65534:65534 "$work/$1" "$work/home-$1"
}

echo "-- npm start"
clone start
(cd "$work/start" && exec setsid bash -c 'exec "$@"' _ "$BASH" -c "$(declare -f as_stranger); work=$work; as_stranger $work/home-start npm start") >"$work/start.log" 2>&1 &
starter=$!
for _ in $(seq 1200); do
  grep -q '^Ctrl-C here ends everything' "$work/start.log" && break
  kill -0 "$starter" 2>/dev/null || break
  sleep 0.1
done
grep -q '^Ctrl-C here ends everything' "$work/start.log" || { cat "$work/start.log"; echo "npm start did not come up"; exit 1; }
command=$(grep -m1 -E 'fleetctl status$' "$work/start.log")
as_stranger "$work/home-start" sh -c "$command" | tee "$work/status.txt"
for host in web1 web2 db1; do
  grep -q "^$host .*RUNNING" "$work/status.txt" || { echo "fleetctl status does not show $host running"; exit 1; }
done
pids=$(grep -o 'pid [0-9]*' "$work/status.txt" | cut -d' ' -f2)
kill -INT -- "-$starter"
wait "$starter" || true
for pid in $pids; do
  if kill -0 "$pid" 2>/dev/null; then echo "process $pid outlived npm start"; exit 1; fi
done
[ -z "$(ls -A "$work/home-start" | grep -v '^\.npm$' || true)" ] || { ls -A "$work/home-start"; echo "npm start wrote into HOME"; exit 1; }

echo "-- npm test"
clone test
(cd "$work/test" && as_stranger "$work/home-test" npm test -- --reporter=dot)
