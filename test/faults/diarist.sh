#!/bin/sh
# A program under test that keeps a diary of its own: DIARY SECONDS. One line when it starts, one before it ends, each in one
# write that is on the disk before anything else happens. What it ends with follows from its pid: codes 0 to 4.
diary=$1
note() {
  echo "$*" >>"$diary"
  sync "$diary"
}
trap 'note "term $$"; exit 0' TERM
note "start $$"
sleep "$2" &
wait $!
code=$(($$ % 5))
note "exit $$ $code"
exit "$code"
