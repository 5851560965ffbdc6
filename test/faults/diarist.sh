#!/bin/sh
# A program under test that keeps a diary of its own: DIARY PAUSE [PAUSES LINES]. It sleeps PAUSE seconds, as often as it is
# told, and after each writes so many lines to its output, which are numbered and begin with its pid. One entry of the diary
# when it starts, one before it ends, each in one write that is on the disk before anything else happens; the last says how
# many lines there were. What it ends with follows from its pid: codes 0 to 4.
diary=$1
written=0
note() {
  echo "$*" >>"$diary"
  sync "$diary"
}
leave() {
  note "term $$ $written"
  exit 0
}
# What is counted is written, whenever the signal comes.
trap 'stopped=1; [ -n "$writing" ] || leave' TERM
note "start $$"
pauses=0
while [ "$pauses" -lt "${3:-1}" ]; do
  sleep "$2" &
  wait $!
  pauses=$((pauses + 1))
  upto=$((written + ${4:-0}))
  writing=1
  while [ "$written" -lt "$upto" ]; do
    written=$((written + 1))
    echo "$$ $written"
  done
  writing=
  [ -z "$stopped" ] || leave
done
code=$(($$ % 5))
note "exit $$ $written $code"
exit "$code"
