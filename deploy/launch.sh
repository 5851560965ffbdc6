# Sourced by the launchers of the three programs; needs $self, the real path of the launcher.
# They exec the pinned Node, so that the program has the launcher's pid and gets its signals.

root=${self%/packages/*}

# launch BUNDLE [NODE-FLAG...] -- [ARG...]
launch() {
  bundle=$1
  shift
  for node in "$root"/node_modules/node-linux-*/bin/node; do break; done
  if [ ! -x "$node" ] || [ ! -f "$bundle" ]; then
    echo "${self##*/}: not installed yet in $root: run 'npm run setup' there once" >&2
    exit 1
  fi
  # The flags stand before the bundle, the arguments behind it.
  flags=
  while [ "$1" != -- ]; do
    flags="$flags $1"
    shift
  done
  shift
  # Whatever is in there is meant for other Nodes: of us it would make an open debugger, or load what we do not know.
  if [ -n "${NODE_OPTIONS+set}" ]; then
    FLEET_NODE_OPTIONS=$NODE_OPTIONS
    export FLEET_NODE_OPTIONS
    unset NODE_OPTIONS
  fi
  # shellcheck disable=SC2086 # the flags are ours and hold no blanks
  exec "$node" $flags "$bundle" "$@"
}
